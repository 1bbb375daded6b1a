package repository_test

import (
	"os"
	"path/filepath"
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

// TestPartNames is about the names by which people call a part of a step.
func TestPartNames(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-spans": "", "step02-pairs": ""})
	for _, file := range []string{"step02-pairs/production/go.mod", "step02-pairs/production/README.md", "step02-pairs/production/a.yaml", "step02-pairs/more/README.md"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for typed, want := range map[string]string{
		"production": "step02-pairs/production", "prod": "step02-pairs/production", "Production/": "step02-pairs/production",
		"step02-pairs/production": "step02-pairs/production", "./step02-pairs/production/": "step02-pairs/production",
		"step02-pairs/production/a.yaml": "step02-pairs/production", "2/production": "step02-pairs/production", "step2/prod": "step02-pairs/production",
		"step02-pairs/more": "step02-pairs", "p": "step02-pairs", "1/production": "", "more": "", "productions": "", "": "",
	} {
		if got, err := workshoptest.Here(t).Step(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q (%v), want %q", typed, got, err, want)
		}
	}
	t.Run("from inside", func(t *testing.T) {
		t.Chdir("step02-pairs/production")
		for typed, want := range map[string]string{".": "step02-pairs/production", "a.yaml": "step02-pairs/production", "..": "step02-pairs"} {
			if got, err := workshoptest.Here(t).Step(typed); got != want {
				t.Errorf("%q is %q (%v), want %q", typed, got, err, want)
			}
		}
	})
}
