package spans

import (
	"encoding/hex"
	"strings"
)

// The lengths of ids in bytes (OpenTelemetry specification, Trace API, section
// SpanContext). Written as hex, an id has twice as many digits.
const (
	traceIDBytes = 16
	spanIDBytes  = 8
)

// isID reports whether id is n bytes as lower-case hex, and not all zeros,
// which stands for "no id".
func isID(id string, n int) bool {
	if len(id) != 2*n || nonZero(id) == "" {
		return false
	}
	_, err := hex.DecodeString(id)
	return err == nil && strings.ToLower(id) == id
}

// nonZero gives id, or "" when it is all zeros.
func nonZero(id string) string {
	if strings.Trim(id, "0") == "" {
		return ""
	}
	return id
}
