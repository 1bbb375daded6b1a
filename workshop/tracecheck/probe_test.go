package tracecheck
import ("testing";"time";"os";"path/filepath")
func TestProbe(t *testing.T) {
	d := filepath.Join(t.TempDir(), "journey"); os.Mkdir(d, 0o755); t.Chdir(d)
	for _, name := range []string{"loop","loop","loop","loop","loop","loop-elsewhere","loop-elsewhere","deadlock-channel","deadlock-mutex","deadlock-group","sleep","read-stdin","panic","panic-in-span","panic-elsewhere","stack-overflow","concurrent-map","long-then-panic","exit-2"} {
		p := startProcess(d, []string{name}, environment(), 200*time.Millisecond)
		p.Wait()
		c := p.crash()
		if c == nil { t.Log(name, p.ExitCode(), "no crash"); continue }
		t.Log(name, p.ExitCode(), p.Elapsed, c.cause, c.says)
	}
}
