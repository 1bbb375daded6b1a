package cause

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// TestCatalogue holds every cause to the form of the others. A cause that is
// not general has a witness.
func TestCatalogue(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, c := range catalogue() {
		switch {
		case !kebab.MatchString(c.name):
			t.Errorf("the name %q is not in kebab case", c.name)
		case len(c.of) == 0:
			t.Errorf("%s is the cause of nothing", c.name)
		case !strings.HasSuffix(c.next, ".") || strings.Contains(c.next, "\n"):
			t.Errorf("%s: the next action is not a sentence: %q", c.name, c.next)
		case c.general == (c.fact != ""):
			t.Errorf("%s: a cause has a witness, or is general; fact: %q", c.name, c.fact)
		case len(c.at) > 0 && !slices.Contains(c.of, evidence.NoSpan):
			t.Errorf("%s: only a missing span misses a station", c.name)
		}
		for _, other := range c.refines {
			if !slices.Contains(Names(), other) {
				t.Errorf("%s refines %s, which is no cause", c.name, other)
			}
		}
	}
}

// TestDiagnose chooses among made-up causes.
func TestDiagnose(t *testing.T) {
	seen := func(*Fault) string { return "seen" }
	blind := func(*Fault) string { return "" }
	a := Cause{name: "a", of: shortfalls{evidence.WrongExit}, witness: seen}
	special := Cause{name: "special", of: shortfalls{evidence.WrongExit}, witness: seen, refines: []string{"a"}}
	general := Cause{name: "general", of: shortfalls{evidence.WrongExit}, witness: seen, general: true}
	for name, c := range map[string]struct {
		causes []Cause
		want   string
	}{
		"nothing is seen":            {[]Cause{{name: "b", of: shortfalls{evidence.WrongExit}, witness: blind}}, ""},
		"another shortfall":          {[]Cause{{name: "b", of: shortfalls{evidence.TooSlow}, witness: seen}}, ""},
		"one":                        {[]Cause{a}, "a"},
		"two":                        {[]Cause{a, {name: "b", of: shortfalls{evidence.WrongExit}, witness: seen}}, ""},
		"a special case":             {[]Cause{a, special}, "special"},
		"general":                    {[]Cause{general}, "general"},
		"general, and another":       {[]Cause{general, a}, "a"},
		"the special one not seen":   {[]Cause{a, {name: "b", of: shortfalls{evidence.WrongExit}, witness: blind, refines: []string{"a"}}}, "a"},
		"two entries under one name": {[]Cause{a, a}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				got := ""
				if d := diagnose(&Fault{Miss: &evidence.Miss{What: evidence.WrongExit}, Evidence: &evidence.Evidence{}}, c.causes); d != nil {
					got = d.Cause
				}
				if got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				slices.Reverse(c.causes)
			}
		})
	}
}

func TestSimilar(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"journey.stops", "journey.stop", true},
		{"journey.stops", "Journey_Stops", true},
		{"journey.stops", "journeyStops", true},
		{"journey.stops", "jorney.stpos", true},
		{"heavy-computation", "heavy-compuattion", true},
		{"heavy-computation", "heavy-compute", false},
		{"journey.stops", "journey.from", false},
		{"journey.from", "journey.form", true},
		{"journey.to", "journey.id", false},
		{"chunk.end", "chunk.len", false},
		{"chunk.end", "chunk.ends", true},
		{"journey.to", "journey.t", false},
		{"journey.to", "journey", false},
		{"", "journey.stops", false},
	} {
		if similar(c.a, c.b) != c.want || similar(c.b, c.a) != c.want {
			t.Errorf("similar(%q, %q) is not %v", c.a, c.b, c.want)
		}
	}
}
