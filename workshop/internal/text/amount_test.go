package text

import (
	"testing"
	"time"
)

func TestMinutes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		59900 * time.Millisecond: "59 s",
		130 * time.Second:        "2 min 10 s",
	} {
		if got := Minutes(d); got != want {
			t.Errorf("Minutes(%v) is %q, want %q", d, got, want)
		}
	}
}
