package repository_test

import (
	"testing"

	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// TestStepNames is about the names by which people call a step.
func TestStepNames(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": "", "step02-exporter": "", "step03-services": ""})
	r := workshoptest.Here(t)
	for _, typed := range []string{
		"2", "02", "step2", "step02", "Step02", "step-2", "step_02", "step02-exp", "exporter",
		"step02-exporter", "./step02-exporter/", `.\step02-exporter`, "step02-exporter/step_test.go", r.Root + "/step02-exporter",
	} {
		if got, err := r.Step(typed); got != "step02-exporter" {
			t.Errorf("%q is %q (%v), want step02-exporter", typed, got, err)
		}
	}
	t.Run("from inside", func(t *testing.T) {
		t.Chdir("step02-exporter")
		for typed, want := range map[string]string{".": "step02-exporter", "step_test.go": "step02-exporter", "../step03-services": "step03-services", "3": "step03-services"} {
			if got, err := workshoptest.Here(t).Step(typed); got != want {
				t.Errorf("%q is %q (%v), want %q", typed, got, err, want)
			}
		}
	})
}
