package guide

import (
	"os"
	"testing"

	"example.com/tracing-workshop/workshop/internal/progress"
)

func TestMain(m *testing.M) {
	// What is remembered of where a learner is stays as it is.
	os.Setenv(progress.Folder, os.DevNull)
	os.Exit(m.Run())
}
