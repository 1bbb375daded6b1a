package proc

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestTranscript(t *testing.T) {
	refused := 0
	var also bytes.Buffer
	o := &Transcript{Most: 10, Full: func() { refused++ }, Also: &also}
	for _, chunk := range []string{"one\r\n", "two", "\n\n"} {
		more := o.More()
		if n, err := io.WriteString(o, chunk); n != len(chunk) || err != nil {
			t.Fatal(n, err)
		}
		<-more
	}
	if got := o.Lines(); len(got) != 2 || got[1] != "two" {
		t.Errorf("Lines gives %q", got)
	}
	if refused != 0 {
		t.Error("it is full too soon")
	}
	if _, err := io.WriteString(o, "x"); err == nil || refused != 1 {
		t.Errorf("more than it may hold is not refused (%d, %v)", refused, err)
	}
	if o.Size() != 10 || also.String() != "one\r\ntwo\n\n" {
		t.Errorf("it holds %d bytes, and has handed on %q", o.Size(), also.String())
	}
	more := o.More()
	o.End()
	<-more
	<-o.More() // and it stays at the end
	if (&Transcript{}).Lines() != nil {
		t.Error("an empty one has lines")
	}
}

// TestTranscriptKeepsTheEnd has a program that runs for days.
func TestTranscriptKeepsTheEnd(t *testing.T) {
	o := &Transcript{Last: 100}
	for range 1000 {
		_, _ = io.WriteString(o, strings.Repeat("x", 9)+"\n")
	}
	_, _ = io.WriteString(o, "last")
	if lines := o.Lines(); o.Size() > 200 || lines[len(lines)-1] != "last" || !slices.Contains(lines, "xxxxxxxxx") {
		t.Errorf("it holds %d bytes: %q", o.Size(), lines)
	}
}
