package spans

import (
	"fmt"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// Summary gives a trace on one line: its id, shortened as [Draw] does, how long
// it took, how many spans it has and how many of them failed, and the service
// and name of its first root. Text from spans is escaped.
func Summary(t Trace) string {
	if len(t.Spans) == 0 {
		return fmt.Sprintf("%s  no spans", shortID(t.ID))
	}
	failed := 0
	for _, s := range t.Spans {
		failed += btoi(s.failed())
	}
	errors := ""
	if failed > 0 {
		errors = "✗ " + text.Plural(failed, "error")
	}
	root := t.Roots()[0]
	line := fmt.Sprintf("%s  %8s  %9s  %-10s  %s  %s", shortID(t.ID), durationOfTrace(t), text.Plural(len(t.Spans), "span"), errors,
		text.Escape(root.Service()), text.Escape(root.Name))
	return strings.TrimRight(line, " ")
}

func durationOfTrace(t Trace) string {
	if timelineOf(t.Spans).start.IsZero() {
		return "no time"
	}
	return formatDuration(t.Duration())
}

// shortID gives enough of an id to recognize it.
func shortID(id string) string { return text.Clip(text.Escape(id), 9) }
