package spelling

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"check", "traces", "jaeger", "doctor", "help", "list", "limit", "step02-exporter"}
	for typed, want := range map[string]string{
		"chek": "check", "chcek": "check", "CHECK": "check", "checks": "check",
		"trces": "traces", "trace": "traces", "traecs": "traces",
		"jeager": "jaeger", "jager": "jaeger", "docter": "doctor",
		"lst": "list", "lmit": "limit", "hlep": "help",
		"doc": "doctor", "step02": "step02-exporter", "step02-exproter": "step02-exporter",
		"": "", "v": "", "ls": "", "do": "", "-v": "", "version": "", "watch": "", "über": "",
	} {
		if got := Nearest(typed, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", typed, got, want)
		}
	}
}
