package proc

import (
	"slices"
	"testing"
)

func TestTelemetryOfAnEnvironment(t *testing.T) {
	environment := []string{"HOME=/root", "OTEL_SERVICE_NAME=mine", "NOT_OTEL_=1", "OTEL_RESOURCE_ATTRIBUTES=a=b,c=d", "PATH=/bin"}
	before := slices.Clone(environment)
	if got, want := WithoutTelemetry(environment), []string{"HOME=/root", "NOT_OTEL_=1", "PATH=/bin"}; !slices.Equal(got, want) {
		t.Errorf("left is %q, want %q", got, want)
	}
	if got, want := UnsetTelemetry(environment), []string{"OTEL_SERVICE_NAME=", "OTEL_RESOURCE_ATTRIBUTES="}; !slices.Equal(got, want) {
		t.Errorf("unset is %q, want %q", got, want)
	}
	if !slices.Equal(environment, before) {
		t.Errorf("the environment itself became %q", environment)
	}
}
