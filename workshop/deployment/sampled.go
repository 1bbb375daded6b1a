package deployment

import (
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// KeepsErrors expects that something of every trace with an error is kept.
func KeepsErrors(e *tracecheck.Evidence) *tracecheck.Miss {
	return keepsAll(e.Deployment.Classes().Failed, tracecheck.Failures, "with an error")
}

// KeepsSlow expects that something of every slow trace is kept.
func KeepsSlow(e *tracecheck.Evidence) *tracecheck.Miss {
	return keepsAll(e.Deployment.Classes().Slow, tracecheck.SlowOnes, fmt.Sprintf("that took %s or longer", millis(e.Deployment.Slow)))
}

func keepsAll(all []tracecheck.Fate, class, which string) *tracecheck.Miss {
	if len(all) == 0 {
		return &tracecheck.Miss{What: tracecheck.Unkept, Key: class, Says: "No trace was sent " + which + "."}
	}
	n := kept(all)
	if n == len(all) {
		return nil
	}
	gone := all[slices.IndexFunc(all, func(f tracecheck.Fate) bool { return !f.Kept() })]
	return &tracecheck.Miss{What: tracecheck.Unkept, Trace: gone.TraceID, Span: &gone.Sent[0], Key: class, Got: n, Want: len(all),
		Says: fmt.Sprintf("%d of %s %s are kept.", n, text.Plural(len(all), "trace"), which)}
}

// KeepsATenth expects that one in ten of the traces is kept that have no error and are
// not slow.
func KeepsATenth(e *tracecheck.Evidence) *tracecheck.Miss {
	rest := e.Deployment.Classes().Rest
	n := kept(rest)
	share := 100 * float64(n) / float64(max(1, len(rest)))
	what := tracecheck.Kept
	switch {
	case share < tracecheck.LeastShare:
		what = tracecheck.Unkept
	case share <= tracecheck.MostShare:
		return nil
	}
	return &tracecheck.Miss{What: what, Key: tracecheck.Others, Got: n, Want: len(rest),
		Says: fmt.Sprintf("%s of %s without an error that took less than %s are kept: %.1f percent.",
			text.Grouped(n), text.Plural(len(rest), "trace"), millis(e.Deployment.Slow), share)}
}

// KeepsWhole expects that of no trace a part is kept and a part is not.
func KeepsWhole(e *tracecheck.Evidence) *tracecheck.Miss {
	all := e.Deployment.Fates()
	torn := 0
	for _, f := range all {
		if f.Torn() {
			torn++
		}
	}
	if torn == 0 {
		return nil
	}
	first := all[slices.IndexFunc(all, tracecheck.Fate.Torn)]
	missing := first.Missing()
	return &tracecheck.Miss{What: tracecheck.Torn, Trace: first.TraceID, Span: &missing[0], Got: torn, Want: kept(all),
		Says: fmt.Sprintf("Of %d of %s that are kept, spans are missing.", torn, text.Plural(kept(all), "trace"))}
}
