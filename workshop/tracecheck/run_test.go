package tracecheck

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// TestAttributes tells a verdict to a machine.
func TestAttributes(t *testing.T) {
	t.Chdir("testdata/journey")
	for name, c := range map[string]struct {
		run    []string
		expect Expectation
		want   []string
	}{
		"pass": {[]string{"ride", "right"}, OneSpan("journey"), []string{
			"tracecheck.check=runs pass",
			"tracecheck.check=one-span pass",
			"tracecheck.check=to-come pass",
		}},
		"gap": {[]string{"ride", "right"}, OneSpan("journey", Event("departed")), []string{
			"tracecheck.check=runs pass",
			"tracecheck.check=one-span fail",
			"tracecheck.check=to-come pending",
			"tracecheck.cause=event-missing",
			"tracecheck.section=3",
			"tracecheck.gap=journey.go:6",
		}},
		"setup": {[]string{"nothing"}, OneSpan("journey"), []string{
			"tracecheck.check=runs pass",
			"tracecheck.check=one-span fail",
			"tracecheck.check=to-come pending",
			"tracecheck.cause=no-provider",
			"tracecheck.section=1",
		}},
		"unknown cause": {[]string{"nothing"}, Prints("a plan\nof two lines"), []string{
			"tracecheck.check=runs pass",
			"tracecheck.check=one-span fail",
			"tracecheck.check=to-come pending",
			"tracecheck.cause=unknown",
			"tracecheck.section=3",
			"tracecheck.gap=journey.go:6",
		}},
		"crash": {[]string{"panic-error"}, OneSpan("journey"), []string{
			"tracecheck.check=runs fail",
			"tracecheck.check=one-span pending",
			"tracecheck.check=to-come pending",
			"tracecheck.cause=panic",
			"tracecheck.section=1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			play := NewPlay(func(s *Stage) { s.Limit(time.Minute); s.Run(c.run...) })
			v, err := examine(t.TempDir(), lesson, []Check{
				{Name: "runs", Section: 1, Play: play, Expect: All()},
				{Name: "one-span", Section: 3, Setup: 1, Play: play, Expect: c.expect},
				{Name: "to-come", Section: 3, Play: play, Expect: All()},
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			v.Attributes(func(key, value string) {
				if strings.ContainsAny(key+value, "\r\n") || strings.ContainsAny(key, " =") {
					t.Errorf("testing.T.Attr does not take %q = %q", key, value)
				}
				got = append(got, key+"="+value)
			})
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestCrashComesFirst blames a crash before anything that the program did not
// get to.
func TestCrashComesFirst(t *testing.T) {
	e := played(t, func(s *Stage) { s.Run("panic") })
	if miss := judge(e, func(*Evidence) *Miss { return &Miss{What: evidence.NoSpan} }); miss == nil || miss.What != evidence.Crashed {
		t.Errorf("the miss is %+v", miss)
	}
}

// TestPlaysTakePlaceOnce shares a play between checks, and runs different ones
// together.
func TestPlaysTakePlaceOnce(t *testing.T) {
	a, b := NewPlay(nil), NewPlay(nil)
	if got := plays([]Check{{Play: a}, {Play: b}, {Play: a}}); !slices.Equal(got, []*Play{a, b}) {
		t.Errorf("got %d plays, want 2", len(got))
	}
}

// TestUnsure lets a play take place again, with longer pauses, as long as what it
// leaves behind does not tell, and blames nobody if it never does.
func TestUnsure(t *testing.T) {
	unsure, sure := &Miss{What: evidence.WrongTime, Unsure: true}, &Miss{What: evidence.WrongTime}
	for name, c := range map[string]struct {
		pauses bool
		misses map[int]*Miss // by the pace
		paces  []int
		want   *Miss
	}{
		"sure at once":   {true, map[int]*Miss{1: sure}, []int{1}, sure},
		"sure in time":   {true, map[int]*Miss{1: unsure, 3: sure}, []int{1, 3}, sure},
		"well in time":   {true, map[int]*Miss{1: unsure}, []int{1, 3}, nil},
		"never sure":     {true, map[int]*Miss{1: unsure, 3: unsure, 9: unsure}, []int{1, 3, 9}, nil},
		"without pauses": {false, map[int]*Miss{0: unsure}, []int{0}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			play := NewPlay(func(s *Stage) {
				if c.pauses && s.Pause(time.Second) != time.Duration(s.pace)*time.Second {
					t.Errorf("at the pace %d a pause of a second is %v", s.pace, s.Pause(time.Second))
				}
			})
			play.open(t.TempDir())
			defer play.close()
			var paces []int
			_, miss, err := Check{Play: play, Expect: func(e *Evidence) *Miss {
				paces = append(paces, e.Pace)
				return c.misses[e.Pace]
			}}.look(nil)
			if err != nil || miss != c.want || !slices.Equal(paces, c.paces) {
				t.Errorf("the miss is %+v after the paces %v (%v); want %+v after %v", miss, paces, err, c.want, c.paces)
			}
		})
	}
}

// TestAllIsSure tells what is sure before what is not.
func TestAllIsSure(t *testing.T) {
	unsure, sure := &Miss{Unsure: true}, &Miss{}
	give := func(miss *Miss) Expectation { return func(*Evidence) *Miss { return miss } }
	if got := All(give(nil), give(unsure), give(sure))(nil); got != sure {
		t.Errorf("the miss is %+v", got)
	}
	if got := All(give(nil), give(unsure), give(nil))(nil); got != unsure {
		t.Errorf("the miss is %+v", got)
	}
}

// TestLaterPlaysAreCutShort does not wait for a play that nobody looks at.
func TestLaterPlaysAreCutShort(t *testing.T) {
	t.Chdir("testdata/journey")
	now := NewPlay(func(s *Stage) { s.Run("nothing") })
	later := NewPlay(func(s *Stage) {
		s.Collector()
		s.Limit(time.Hour)
		s.Run("sleep")
		s.Run("sleep") // is ended as soon as it starts
	})
	v, err := examine(t.TempDir(), lesson, []Check{
		{Name: "now", Play: now, Expect: OneSpan("journey")},
		{Name: "later", Play: later, Expect: All()},
	})
	if err != nil || v.Fault == nil {
		t.Errorf("got no finding (%v)", err)
	}
}

// TestNothingIsExpectedOfAPlayThatWasBrokenOff asks no expectation about it, which
// counts on all that the script does.
func TestNothingIsExpectedOfAPlayThatWasBrokenOff(t *testing.T) {
	ended := make(chan struct{})
	play := NewPlay(func(s *Stage) {
		s.Own(sync.OnceFunc(func() { close(ended) }))
		<-ended
	})
	play.open(t.TempDir())
	play.discard()
	if e, err := play.await(); err != errBrokenOff || e != nil {
		t.Errorf("it leaves %v (%v)", e, err)
	}
}

// played gives what a play leaves behind. The play is cut short if it is still
// on when the test is over.
func played(t *testing.T, script func(*Stage)) *Evidence {
	t.Helper()
	if facts.StepName() != "journey" {
		t.Chdir("testdata/journey")
	}
	play := NewPlay(func(s *Stage) { s.Limit(time.Minute); script(s) })
	play.open(t.TempDir())
	t.Cleanup(play.close)
	e, err := play.await()
	if err != nil {
		t.Fatal(err)
	}
	return e
}
