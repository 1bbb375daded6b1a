package main

import (
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/traceview"
)

// TestMayGrow says that there may be more only where that is so.
func TestMayGrow(t *testing.T) {
	for _, whole := range []bool{true, false} {
		if said := mayGrow(traceview.Answer{Whole: whole}); strings.Contains(said, "Ask again") == whole {
			t.Errorf("whole: %v: it says %q", whole, said)
		}
	}
}
