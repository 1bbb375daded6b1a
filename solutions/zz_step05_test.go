package solutions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestZZ(t *testing.T) {
	step := "step05-jaeger"
	for _, corpus := range strings.Fields(os.Getenv("CORPUS")) {
		files, _ := filepath.Glob(filepath.Join(corpus, step, "*"+os.Getenv("ONLY")+"*.txtar"))
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				e := readEntry(t, step, file)
				o := verdict(t, step, e.prog)
				if corpus == "alternatives" {
					if !o.Passed {
						t.Errorf("FAILS\n%s", o.Verdict)
					}
					return
				}
				if o.Passed || o.Cause != e.field("cause") || o.Failing != e.field("check") {
					t.Errorf("%s/%s want %s/%s\n%s", o.Failing, o.Cause, e.field("check"), e.field("cause"), o.Output)
				} else if os.Getenv("SHOW") != "" { t.Log("\n"+o.Verdict) }
			})
		}
	}
}
