package solutions
import ("testing";"path/filepath")
func TestTmp(t *testing.T) {
	for _, step := range []string{"step01-spans","step02-exporter"} {
		files, _ := filepath.Glob(filepath.Join("mistakes", step, "*.txtar"))
		for _, f := range files {
			e := readEntry(t, step, f)
			t.Run(e.step+"/"+e.name, func(t *testing.T) {
				o := verdict(t, e.step, e.prog)
				if o.Passed || o.Cause != e.field("cause") || o.Failing != e.field("check") { t.Errorf("%v %q want %q; %q want %q\n%s", o.Passed, o.Cause, e.field("cause"), o.Failing, e.field("check"), o.Output) } else { t.Logf("\n%s", o.Verdict) }
			})
		}
	}
}
