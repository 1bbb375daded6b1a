package tracecheck

import (
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
)

// TestMissed takes a span along its way, and stops it at each station.
func TestMissed(t *testing.T) {
	provider := note{Provider: &providerNote{Processors: []string{"*trace.batchSpanProcessor"}}}
	bare := note{Provider: &providerNote{}}
	begun := func(sampling string) note {
		return note{Start: &startNote{ID: "1", Name: "journey", Kind: "internal", Sampling: sampling, Stack: stack{"/a/" + stepName() + "/journey.go:7"}}}
	}
	const sampled = "RECORD_AND_SAMPLE"
	ended := note{End: &endNote{ID: "1", Name: "journey"}}
	for name, c := range map[string]struct {
		notes []note
		at    station
		seen  string // a part of it
	}{
		"no provider":          {nil, atProvider, "No tracer provider"},
		"not registered":       {[]note{provider, {Return: &returnNote{Provider: providerNone}}}, atRegistered, "none was registered"},
		"nothing is started":   {[]note{provider}, atStarted, "started no span"},
		"another is started":   {[]note{provider, {Start: &startNote{ID: "2", Name: "ride"}}}, atStarted, "not called journey"},
		"dropped":              {[]note{provider, {Start: &startNote{ID: "1", Sampling: "DROP"}}}, atSampled, "DROP"},
		"recorded only":        {[]note{provider, begun("RECORD_ONLY")}, atSampled, "RECORD_ONLY"},
		"open":                 {[]note{provider, begun(sampled)}, atEnded, "journey.go:7; it had not ended"},
		"too late":             {[]note{provider, begun(sampled), {End: &endNote{ID: "1", Late: true}}}, atProcessed, "had been shut down"},
		"nobody takes it":      {[]note{bare, begun(sampled), ended}, atProcessed, "its provider has no span processor"},
		"the queue is full":    {[]note{provider, begun(sampled), ended, {Export: &exportNote{Spans: 1, Dropped: 4}}, {Result: &resultNote{Spans: 1}}}, atProcessed, "4 spans dropped"},
		"left in the batch":    {[]note{provider, begun(sampled), ended}, atExported, "handed nothing"},
		"the exporter fails":   {[]note{provider, begun(sampled), ended, {Export: &exportNote{Spans: 1}}, {Result: &resultNote{Spans: 1, Error: "e"}}}, atSent, "reported an error"},
		"no time to export":    {[]note{provider, begun(sampled), ended, {Export: &exportNote{Spans: 1}}}, atSent, "told the SDK nothing"},
		"lost beyond exporter": {[]note{provider, begun(sampled), ended, {Export: &exportNote{Spans: 1}}, {Result: &resultNote{Spans: 1}}}, atReceived, "did not arrive here"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, notes: c.notes}
			f := &finding{
				Miss:     &Miss{What: NoSpan, Name: "journey"},
				evidence: &Evidence{Processes: []*Process{p}, Collector: &receiver.Receiver{}},
				source:   sourceOf(""),
			}
			at, seen := f.missed()
			if at != c.at || !strings.Contains(seen, c.seen) {
				t.Errorf("got %s, %q; want %s, %q", at, seen, c.at, c.seen)
			}
			if !strings.Contains(f.uncertain(), seen) {
				t.Errorf("the verdict says %q", f.uncertain())
			}
		})
	}
}

// TestDropped lets the SDK leave out what is then missed.
func TestDropped(t *testing.T) {
	t.Chdir("testdata/journey")
	p := startProcess(t.TempDir(), []string{"limits"}, environment(), time.Minute)
	p.Wait()
	for what, want := range map[Shortfall]string{NoEvent: "one event or more", NoAttribute: "one attribute or more"} {
		f := &finding{
			Miss:     &Miss{What: what, Span: &spans.Span{Name: "journey"}},
			source:   sourceOf(""),
			evidence: &Evidence{Processes: []*Process{p}},
		}
		if d := diagnose(f, catalogue()); d != nil {
			t.Errorf("the cause is %s", d.cause)
		}
		if !strings.Contains(f.uncertain(), want) {
			t.Errorf("the verdict says %q, and not %q", f.uncertain(), want)
		}
	}
}

// TestQueueFull holds spans that were dropped against what they can explain.
func TestQueueFull(t *testing.T) {
	p := &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, notes: []note{{Export: &exportNote{Spans: 1, Dropped: 4}}}}
	for what, want := range map[Shortfall]string{Severed: "", NoAttribute: "attribute-missing"} {
		f := &finding{Miss: &Miss{What: what, Key: "stops", Span: &spans.Span{Name: "journey"}}, source: sourceOf(""), evidence: &Evidence{Processes: []*Process{p}}}
		got := ""
		if d := diagnose(f, catalogue()); d != nil {
			got = d.cause
		}
		if got != want {
			t.Errorf("%s: the cause is %q, want %q", what, got, want)
		}
		if says := strings.Contains(f.uncertain(), "dropped 4 spans"); says != (want == "") {
			t.Errorf("%s: the verdict says %q", what, f.uncertain())
		}
	}
}

// TestParentNeverEnded asks what became of a parent that did not arrive.
func TestParentNeverEnded(t *testing.T) {
	start, end := note{Start: &startNote{ID: "1"}}, note{End: &endNote{ID: "1"}}
	for name, c := range map[string]struct {
		notes []note
		want  string
	}{
		"it is open":         {[]note{start}, "parent-never-ended"},
		"it ended":           {[]note{start, end}, ""},
		"nothing is counted": {nil, ""},
	} {
		p := &Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, notes: c.notes}
		f := &finding{Miss: &Miss{What: WrongParent, Span: &spans.Span{Name: "chunk", ParentID: "1"}}, source: sourceOf(""), evidence: &Evidence{Processes: []*Process{p}}}
		got := ""
		if d := diagnose(f, catalogue()); d != nil {
			got = d.cause
		}
		if got != c.want {
			t.Errorf("%s: the cause is %q, want %q", name, got, c.want)
		}
	}
}
