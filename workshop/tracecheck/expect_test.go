package tracecheck

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/proc"
)

func TestComplainsUnlike(t *testing.T) {
	wrote := func(stderr string) *Evidence {
		p := &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}}
		_, _ = p.Stderr.Write([]byte(stderr))
		return &Evidence{Processes: []*Process{p}}
	}
	for name, c := range map[string]struct {
		well, badly string // what is on stderr
		misses      bool
	}{
		"a complaint":              {"", "no collector\n", false},
		"nothing":                  {"", "", true},
		"the same chat":            {"bye\n", "bye\n", true},
		"the same at another time": {"2026/11/25 10:00:01 bye after 3ms\n", "2026/11/25 10:00:02 bye after 1.5s\n", true},
		"the same and a complaint": {"bye\n", "no collector\nbye\n", false},
		"a number that tells it":   {"1 span sent\n", "0 span sent\n", false},
		"an error that is none":    {"2026/11/25 10:00:01 <nil>\n", "no collector\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			well := &Play{evidence: wrote(c.well), over: make(chan struct{})}
			close(well.over)
			if miss := ComplainsUnlike(well)(wrote(c.badly)); (miss != nil) != c.misses {
				t.Errorf("misses %+v; want a miss: %v", miss, c.misses)
			}
		})
	}
}

// TestNoProgram has a play in which nothing was run.
func TestNoProgram(t *testing.T) {
	for name, expect := range map[string]Expectation{
		"exit code": ExitCode(0), "prints": Prints("a plan"), "complains": complains, "unlike": ComplainsUnlike(NewPlay(nil)),
	} {
		if expect(&Evidence{}) == nil {
			t.Errorf("%s: nothing is missed", name)
		}
	}
}
