package backend

import "strings"

// mostLines is how many lines of what a program says are kept.
const mostLines = 200

// lines tells each line that is written to it, and keeps the last ones.
type lines struct {
	told func(line string) // may be nil
	last []string
	rest string
}

func (l *lines) Write(chunk []byte) (int, error) {
	l.rest += string(chunk)
	for {
		line, rest, whole := strings.Cut(l.rest, "\n")
		if !whole {
			return len(chunk), nil
		}
		l.rest = rest
		line = strings.TrimRight(line, "\r")
		l.last = append(l.last[max(0, len(l.last)-mostLines+1):], line)
		if l.told != nil {
			l.told(line)
		}
	}
}
