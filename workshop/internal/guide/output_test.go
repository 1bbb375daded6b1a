package guide

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblems(t *testing.T) {
	const output = `# example.com/step01-spans [example.com/step01-spans.test]
./journey.go:25:7: declared and not used: span
vet: ./journey.go:25:7: declared and not used: span
.\tracing.go:3:2: too bad
tracing.go:9:2: no required module provides package example.com/x; to add it:
	go get example.com/x
/elsewhere/x.go:1:1: expected 'package'
../workshop/x.go:7: without a column
./journey.go:40:1: too many errors: see 10
FAIL	example.com/step01-spans [build failed]
`
	want := []Problem{
		{Place: "journey.go:25", Message: "declared and not used: span"},
		{Place: "tracing.go:3", Message: "too bad"},
		{Place: "tracing.go:9", Message: "no required module provides package example.com/x"},
		{Place: "/elsewhere/x.go:1", Message: "expected 'package'"},
		{Place: "../workshop/x.go:7", Message: "without a column"},
		{Place: "journey.go:40", Message: "too many errors: see 10"},
	}
	got := problems(output)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestPackageName(t *testing.T) {
	for imported, want := range map[string]string{
		"go.opentelemetry.io/otel":                 "otel",
		"go.opentelemetry.io/otel/semconv/v1.41.0": "semconv",
		"example.com/thing/v2":                     "thing",
	} {
		if got := packageName(imported); got != want {
			t.Errorf("packageName(%q) = %s, want %s", imported, got, want)
		}
	}
}
