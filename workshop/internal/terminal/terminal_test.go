package terminal

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/console"
)

func lines(n int, width int) string {
	return strings.Repeat(strings.Repeat("x", width)+"\n", n)
}

// TestFit has the beginning of a page, and all that there is to do.
func TestFit(t *testing.T) {
	for name, c := range map[string]struct {
		page       Page
		rows, left int
	}{
		"all":                  {Page{Head: lines(19, 10), Next: "\nNext\n  Edit\n"}, 22, 0},
		"just not all":         {Page{Head: lines(20, 10), Next: "\nNext\n  Edit\n"}, 22, 2},
		"lines of two rows":    {Page{Head: lines(10, 81), Next: "\nNext\n  Edit\n"}, 22, 1},
		"colours take no room": {Page{Head: strings.Repeat("\x1b[31m"+strings.Repeat("x", 80)+"\x1b[0m\n", 19), Next: "\nNext\n  Edit\n"}, 22, 0},
		"all is asked for":     {Page{Head: lines(100, 10), Next: "\nNext\n", All: true}, 22, 0},
		"no room at all":       {Page{Head: lines(5, 10), Next: "\nNext\n  Edit\n"}, 2, 5},
		"nothing":              {Page{}, 22, 0},
		"the middle goes":      {Page{Head: lines(3, 10), Middle: lines(20, 10), Tail: lines(6, 10), Next: "\nNext\n  Edit\n"}, 22, 11},
		"then the tail":        {Page{Head: lines(3, 10), Middle: lines(20, 10), Tail: lines(30, 10), Next: "\nNext\n  Edit\n"}, 22, 35},
	} {
		body, left := fit(c.page, 80, c.rows)
		if left != c.left {
			t.Errorf("%s: %d lines are left out, want %d", name, left, c.left)
		}
		if high := height(body, 80); high > c.rows && !c.page.All && c.rows > 4 {
			t.Errorf("%s: the page is %d rows high, of %d", name, high, c.rows)
		}
		if !strings.HasSuffix(strings.Join(body, "\n")+"\n", c.page.Next) {
			t.Errorf("%s: it does not end with what to do:\n%s", name, strings.Join(body, "\n"))
		}
		if note := "left out: v shows all"; left > 0 != strings.Contains(strings.Join(body, "\n"), note) {
			t.Errorf("%s: %d lines are left out, and it says\n%s", name, left, strings.Join(body, "\n"))
		}
	}
}

// TestFitKeepsTheOrder leaves the end of the middle out, and says so there.
func TestFitKeepsTheOrder(t *testing.T) {
	body, _ := fit(Page{Head: "✗ wrong\n", Middle: "a\nb\nc\n", Tail: "cause\ndo\n", Next: "edit\n"}, 80, 6)
	if want := "✗ wrong|a|  … 2 lines left out: v shows all|cause|do|edit"; strings.Join(body, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(body, "|"), want)
	}
}

func TestScreen(t *testing.T) {
	var out bytes.Buffer
	s := &Screen{Out: &out, Size: func() (columns, rows int) { return 20, 6 }}
	s.Show(Page{Head: "one\ntwo\n", Bar: func(left int) [2]string {
		if left != 0 {
			t.Errorf("%d lines are left out", left)
		}
		return [2]string{"status", "keys that are too long for it"}
	}})
	s.Bar([2]string{"checking", "k"})
	s.End()
	const want = "\x1b[2J\x1b[Hone\r\ntwo\r\n\x1b[2Kstatus\r\n\x1b[2Kkeys that are too …" +
		"\x1b[1A\r\x1b[2Kchecking\r\n\x1b[2Kk\r\n"
	if out.String() != want {
		t.Errorf("it writes\n%q, want\n%q", out.String(), want)
	}
}

func TestKeys(t *testing.T) {
	in, keyboard := io.Pipe()
	stop := make(chan struct{})
	keys := read(in, stop)
	go func() {
		for _, chunk := range []string{"h", "nq", "\x1b[A", "\x1b", "\x03", "é"} {
			_, _ = io.WriteString(keyboard, chunk)
		}
		keyboard.Close()
	}()
	var got []rune
	for key := range keys {
		got = append(got, key)
	}
	if want := []rune{'h', 'n', 'q', Escape, ControlC, 'é'}; !slices.Equal(got, want) {
		t.Errorf("the keys are %q, want %q", got, want)
	}
}

// TestNobodyTakesTheKeys ends with the one who has asked for them.
func TestNobodyTakesTheKeys(t *testing.T) {
	in, keyboard := io.Pipe()
	stop := make(chan struct{})
	keys := read(in, stop)
	_, _ = io.WriteString(keyboard, "h")
	close(stop)
	keyboard.Close()
	for range keys { // at most the one that was typed
	}
}

func TestAskNobody(t *testing.T) {
	var out bytes.Buffer
	if _, err := Ask(t.Context(), console.New(&out), "Really?"); !errors.Is(err, ErrNobody) || out.Len() > 0 {
		t.Errorf("it gives %v, and says %q", err, out.String())
	}
}

func TestIsYes(t *testing.T) {
	for answer, want := range map[string]bool{"y": true, "Yes": true, "": false, "n": false, "yellow": false} {
		if IsYes(answer) != want {
			t.Errorf("%q agrees: %v", answer, !want)
		}
	}
}
