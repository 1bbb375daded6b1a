package tracecheck

import (
	"regexp"
	"testing"
	"time"
)

// TestServicesThatHang tells services to stop while a request is under way: the
// place is where the request is, not where the service waits for it.
func TestServicesThatHang(t *testing.T) {
	t.Chdir("testdata/journey")
	for program, c := range map[string]struct{ cause, says string }{
		"handler-waits":   {"deadlock", `; a request was still waiting \(sync\.WaitGroup\.Wait\) at service\.go:\d+\.$`},
		"handler-sleeps":  {"never-exits", `; a request was still waiting at journey\.go:\d+\.$`},
		"service-is-deaf": {"stop-ignored", `: it still took connections, as if nobody had told it, and main was waiting at service\.go:\d+\.$`},
	} {
		t.Run(program, func(t *testing.T) {
			s := newStage(t)
			url := s.Service(program)
			p := s.processes[0]
			p.Grace = 50 * time.Millisecond
			if program != "service-is-deaf" {
				go s.Get(url)
				p.Await("ready")
			}
			p.Terminate()
			checkServiceCrash(t, p, c.cause, c.says)
		})
	}
}

// TestServiceThatNeverStarts has one that ends, and one that does not.
func TestServiceThatNeverStarts(t *testing.T) {
	t.Chdir("testdata/journey")
	s := newStage(t)
	s.Service("service-fails")
	checkServiceCrash(t, s.processes[0], "service-not-started",
		`^service-fails did not start: it exits with code 1 before it took a connection at the address of -addr\. It wrote ".* no timetable" to stderr\.$`)
	s.Limit(500 * time.Millisecond)
	s.Service("service-loiters")
	checkServiceCrash(t, s.processes[1], "service-not-started",
		`^service-loiters did not start: it took no connection at the address of -addr within 500ms; it was waiting at journey\.go:\d+\.$`)
}

// checkServiceCrash compares what is said of a service that crashed.
func checkServiceCrash(t *testing.T, p *Process, cause, says string) {
	t.Helper()
	e := &Evidence{Processes: []*Process{p}}
	c := e.Crash()
	if c == nil || c.Cause != cause || !regexp.MustCompile(says).MatchString(c.Says) {
		t.Errorf("got %+v, want %s: %s", c, cause, says)
	}
}
