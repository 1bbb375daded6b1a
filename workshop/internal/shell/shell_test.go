package shell

import "testing"

func TestSetVariable(t *testing.T) {
	for system, want := range map[string]string{
		"linux":   "export A=http://127.0.0.1:4317",
		"windows": `$env:A = "http://127.0.0.1:4317"`,
	} {
		if got := SetVariable(system, "A", "http://127.0.0.1:4317"); got != want {
			t.Errorf("on %s: %s, want %s", system, got, want)
		}
	}
}
