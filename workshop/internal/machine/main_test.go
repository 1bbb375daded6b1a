package machine

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

func TestMain(m *testing.M) {
	if played, code := workshoptest.Play(); played {
		os.Exit(code)
	}
	goleak.VerifyTestMain(m)
}
