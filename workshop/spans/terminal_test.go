package spans

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/term"
)

func TestTerminalOptionsOfAFile(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	f, err := os.Create(filepath.Join(t.TempDir(), "drawing"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff(Options{Width: 80}, TerminalOptions(f)); diff != "" {
		t.Errorf("a file is no terminal (-want +got):\n%s", diff)
	}
}

func TestTerminalOptionsOfATerminal(t *testing.T) {
	tests := []struct {
		noColor, term string
		want          bool
	}{
		{"", "xterm", true},
		{"", "", true},
		{"1", "xterm", false},
		{"0", "xterm", false},
		{"", "dumb", false},
	}
	for _, test := range tests {
		t.Setenv("NO_COLOR", test.noColor)
		t.Setenv("TERM", test.term)
		if got := TerminalOptions(openTerminal(t)).Color; got != test.want {
			t.Errorf("with NO_COLOR=%q and TERM=%q, colour is %v, want %v", test.noColor, test.term, got, test.want)
		}
	}
}

func TestTerminalWidth(t *testing.T) {
	for columns, want := range map[int]int{-1: 80, 0: 80, 20: 40, 40: 40, 100: 100, 120: 120, 300: 120} {
		if got := terminalWidth(columns); got != want {
			t.Errorf("a terminal of %d columns is drawn to with %d, want %d", columns, got, want)
		}
	}
}

// openTerminal opens a pseudo terminal, and skips the test where there is none.
func openTerminal(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { f.Close() })
	if !term.IsTerminal(int(f.Fd())) {
		t.Skip("/dev/ptmx is no terminal here")
	}
	return f
}
