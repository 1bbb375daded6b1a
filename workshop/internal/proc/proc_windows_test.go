package proc

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// role says which member of a family this test binary plays.
const role = "PROC_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "parent":
		bear(os.Stdout, Adopt)
	case "child":
		// Only what is started after [Adopt] is tied to it.
		_, _ = os.Stdin.Read(make([]byte, 1))
		_ = play("grandchild", os.Stdout).Start()
	case "grandchild":
		_, _ = os.Stdout.WriteString("here\n")
	}
	time.Sleep(time.Hour)
}

func play(as string, output *os.File) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"="+as)
	cmd.Stdout = output
	return cmd
}

// bear starts a child, which has one of its own once adopt has seen to it.
func bear(output *os.File, adopt func(*os.Process) (end func())) (child *os.Process, end func()) {
	cmd := play("child", output)
	OwnGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		panic(err)
	}
	end = adopt(cmd.Process)
	_, _ = stdin.Write([]byte("\n"))
	return cmd.Process, end
}

// TestFamilyEnds ends a grandchild in each of the ways. All of its family hold
// one pipe open: it ends with the last of them.
func TestFamilyEnds(t *testing.T) {
	nothing := func(*os.Process) func() { return func() {} }
	for name, begin := range map[string]func(*os.File) (end func()){
		"end of the job": func(output *os.File) func() {
			_, end := bear(output, Adopt)
			return end
		},
		"the one that adopted is gone": func(output *os.File) func() {
			parent := play("parent", output)
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			return func() { _ = parent.Process.Kill() }
		},
		"Kill": func(output *os.File) func() {
			child, _ := bear(output, nothing)
			return func() { Kill(child) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			end := begin(write)
			write.Close()
			lines := bufio.NewReader(read)
			if line, err := lines.ReadString('\n'); err != nil {
				t.Fatalf("the grandchild says %q, %v", line, err)
			}
			end()
			gone(t, lines)
		})
	}
}

// gone waits until nobody can write any more what is read.
func gone(t *testing.T, output io.Reader) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, output)
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("one of the family still runs")
	}
}
