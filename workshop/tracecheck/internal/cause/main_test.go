package cause

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
	"example.com/tracing-workshop/workshop/tracecheck/internal/recorder"
	"example.com/tracing-workshop/workshop/tracecheck/testdata/journey"
)

// TestMain lets the test binary run again as one of the programs of package
// journey. Otherwise it proves of all tests together that no goroutine outlives
// them.
func TestMain(m *testing.M) {
	if os.Getenv(facts.NotesVariable) != "" {
		recorder.Main(m, journey.Main)
	}
	goleak.VerifyTestMain(m)
}
