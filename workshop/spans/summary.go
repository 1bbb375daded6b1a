package spans

import (
	"fmt"
	"strings"
)

// Summary gives a trace on one line: its id, shortened as [Draw] does, how long
// it took, how many spans it has and how many of them failed, and the service
// and name of its first root. Text from spans is escaped.
func Summary(t Trace) string {
	if len(t.Spans) == 0 {
		return fmt.Sprintf("%s  no spans", shorten(t.ID))
	}
	failed := 0
	for _, s := range t.Spans {
		failed += btoi(s.failed())
	}
	errors := ""
	if failed > 0 {
		errors = "✗ " + plural(failed, "error")
	}
	root := t.Roots()[0]
	text := fmt.Sprintf("%s  %8s  %9s  %-10s  %s  %s", shorten(t.ID), durationOfTrace(t), plural(len(t.Spans), "span"), errors,
		Escape(root.Service()), Escape(root.Name))
	return strings.TrimRight(text, " ")
}

func durationOfTrace(t Trace) string {
	if timelineOf(t.Spans).start.IsZero() {
		return "no time"
	}
	return formatDuration(t.Duration())
}
