package cause

import (
	"strings"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// TestMissed takes a span along its way, and stops it at each station.
func TestMissed(t *testing.T) {
	provider := facts.Note{Provider: &facts.ProviderNote{Processors: []string{"*trace.batchSpanProcessor"}}}
	bare := facts.Note{Provider: &facts.ProviderNote{}}
	begun := func(sampling string) facts.Note {
		return facts.Note{Start: &facts.Start{ID: "1", Name: "journey", Kind: "internal", Sampling: sampling, Stack: facts.Stack{"/a/" + facts.StepName() + "/journey.go:7"}}}
	}
	const sampled = "RECORD_AND_SAMPLE"
	ended := facts.Note{End: &facts.End{ID: "1", Name: "journey"}}
	for name, c := range map[string]struct {
		notes []facts.Note
		at    station
		seen  string // a part of it
	}{
		"no provider":          {nil, atProvider, "No tracer provider"},
		"not registered":       {[]facts.Note{provider, {Return: &facts.Return{Provider: facts.ProviderNone}}}, atRegistered, "none was registered"},
		"nothing is started":   {[]facts.Note{provider}, atStarted, "started no span"},
		"another is started":   {[]facts.Note{provider, {Start: &facts.Start{ID: "2", Name: "ride"}}}, atStarted, "not called journey"},
		"dropped":              {[]facts.Note{provider, {Start: &facts.Start{ID: "1", Sampling: "DROP"}}}, atSampled, "DROP"},
		"recorded only":        {[]facts.Note{provider, begun("RECORD_ONLY")}, atSampled, "RECORD_ONLY"},
		"open":                 {[]facts.Note{provider, begun(sampled)}, atEnded, "journey.go:7; it had not ended"},
		"too late":             {[]facts.Note{provider, begun(sampled), {End: &facts.End{ID: "1", Late: true}}}, atProcessed, "had been shut down"},
		"nobody takes it":      {[]facts.Note{bare, begun(sampled), ended}, atProcessed, "its provider has no span processor"},
		"the queue is full":    {[]facts.Note{provider, begun(sampled), ended, {Export: &facts.Export{Spans: 1, Dropped: 4}}, {Result: &facts.Result{Spans: 1}}}, atProcessed, "4 spans dropped"},
		"left in the batch":    {[]facts.Note{provider, begun(sampled), ended}, atExported, "handed nothing"},
		"the exporter fails":   {[]facts.Note{provider, begun(sampled), ended, {Export: &facts.Export{Spans: 1}}, {Result: &facts.Result{Spans: 1, Error: "e"}}}, atSent, "reported an error"},
		"no time to export":    {[]facts.Note{provider, begun(sampled), ended, {Export: &facts.Export{Spans: 1}}}, atSent, "told the SDK nothing"},
		"lost beyond exporter": {[]facts.Note{provider, begun(sampled), ended, {Export: &facts.Export{Spans: 1}}, {Result: &facts.Result{Spans: 1}}}, atReceived, "did not arrive here"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &evidence.Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, Notes: c.notes}
			f := &Fault{
				Miss:     &evidence.Miss{What: evidence.NoSpan, Name: "journey"},
				Evidence: &evidence.Evidence{Processes: []*evidence.Process{p}, Collector: &receiver.Receiver{}},
				Source:   sourceOf(""),
			}
			at, seen := f.missed()
			if at != c.at || !strings.Contains(seen, c.seen) {
				t.Errorf("got %s, %q; want %s, %q", at, seen, c.at, c.seen)
			}
			if !strings.Contains(f.Uncertain(), seen) {
				t.Errorf("the verdict says %q", f.Uncertain())
			}
		})
	}
}

// TestDropped lets the SDK leave out what is then missed.
func TestDropped(t *testing.T) {
	t.Chdir("../../testdata/journey")
	p := evidence.Start(t.TempDir(), []string{"limits"}, evidence.Environment(), time.Minute)
	p.Wait()
	for what, want := range map[evidence.Shortfall]string{evidence.NoEvent: "one event or more", evidence.NoAttribute: "one attribute or more"} {
		f := &Fault{
			Miss:     &evidence.Miss{What: what, Span: &spans.Span{Name: "journey"}},
			Source:   sourceOf(""),
			Evidence: &evidence.Evidence{Processes: []*evidence.Process{p}},
		}
		if d := diagnose(f, catalogue()); d != nil {
			t.Errorf("the cause is %s", d.Cause)
		}
		if !strings.Contains(f.Uncertain(), want) {
			t.Errorf("the verdict says %q, and not %q", f.Uncertain(), want)
		}
	}
}

// TestQueueFull holds spans that were dropped against what they can explain.
func TestQueueFull(t *testing.T) {
	p := &evidence.Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, Notes: []facts.Note{{Export: &facts.Export{Spans: 1, Dropped: 4}}}}
	for what, want := range map[evidence.Shortfall]string{evidence.Severed: "", evidence.NoAttribute: "attribute-missing"} {
		f := &Fault{Miss: &evidence.Miss{What: what, Key: "stops", Span: &spans.Span{Name: "journey"}}, Source: sourceOf(""), Evidence: &evidence.Evidence{Processes: []*evidence.Process{p}}}
		got := ""
		if d := diagnose(f, catalogue()); d != nil {
			got = d.Cause
		}
		if got != want {
			t.Errorf("%s: the cause is %q, want %q", what, got, want)
		}
		if says := strings.Contains(f.Uncertain(), "dropped 4 spans"); says != (want == "") {
			t.Errorf("%s: the verdict says %q", what, f.Uncertain())
		}
	}
}

// TestParentNeverEnded asks what became of a parent that did not arrive.
func TestParentNeverEnded(t *testing.T) {
	start, end := facts.Note{Start: &facts.Start{ID: "1"}}, facts.Note{End: &facts.End{ID: "1"}}
	for name, c := range map[string]struct {
		notes []facts.Note
		want  string
	}{
		"it is open":         {[]facts.Note{start}, "parent-never-ended"},
		"it ended":           {[]facts.Note{start, end}, ""},
		"nothing is counted": {nil, ""},
	} {
		p := &evidence.Process{Stdout: &proc.Transcript{}, Stderr: &proc.Transcript{}, Notes: c.notes}
		f := &Fault{Miss: &evidence.Miss{What: evidence.WrongParent, Span: &spans.Span{Name: "chunk", ParentID: "1"}}, Source: sourceOf(""), Evidence: &evidence.Evidence{Processes: []*evidence.Process{p}}}
		got := ""
		if d := diagnose(f, catalogue()); d != nil {
			got = d.Cause
		}
		if got != c.want {
			t.Errorf("%s: the cause is %q, want %q", name, got, c.want)
		}
	}
}
