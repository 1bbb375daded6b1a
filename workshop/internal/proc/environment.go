package proc

import (
	"slices"
	"strings"
)

// isTelemetry tells whether a variable, as NAME=VALUE, tells a program how to trace
// itself (OpenTelemetry specification, Environment Variable Specification).
func isTelemetry(variable string) bool { return strings.HasPrefix(variable, "OTEL_") }

// WithoutTelemetry gives an environment without what tells programs how to trace
// themselves: people have set it for programs of their own.
func WithoutTelemetry(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), isTelemetry)
}

// UnsetTelemetry does the same for who adds to an environment. It gives what to
// add: a variable that is empty counts as none.
func UnsetTelemetry(environment []string) []string {
	var unset []string
	for _, variable := range environment {
		if isTelemetry(variable) {
			name, _, _ := strings.Cut(variable, "=")
			unset = append(unset, name+"=")
		}
	}
	return unset
}
