package evidence

import "testing"

// TestSampled reads the flag, whatever the other ones are.
func TestSampled(t *testing.T) {
	for flags, want := range map[string]bool{"00": false, "01": true, "02": false, "03": true, "ff": true, "": false, "zz": false} {
		if got := (Traceparent{Flags: flags}).Sampled(); got != want {
			t.Errorf("%q: %v, want %v", flags, got, want)
		}
	}
}
