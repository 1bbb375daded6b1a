package source

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Gap is a comment TODO(n), with what stands around it.
type Gap struct {
	File   string
	Number int
	Line   int
	own    string // the code on its line, or ""
	above  string // the next line above that is not empty, or anything
	below  string // the same below, or the next gap, as "TODO(3)"
	next   string // the next gap in the file, or ""
	filled bool   // the line right below is no comment, and not empty
}

// anything may stand above a gap where another one does: it is for that one to
// say. So it is in a file that is no program: there the answer to another gap is
// above.
const anything = "…"

var (
	gapMarker    = regexp.MustCompile(`TODO\((\d+)\)`)
	commentLine  = regexp.MustCompile(`^\s*(//|#)`)
	codeBeforeIt = regexp.MustCompile(`^\s*(.*?)\s*(//|#)`)
	// editOfLesson is a block of a lesson that shows a file, or a part of it.
	editOfLesson = regexp.MustCompile("(?ms)^```\\w+ (\\S+\\.(?:go|yaml|env))\\r?\\n(.*?)^```")
)

// gapsIn gives the gaps of a file, in their order.
func gapsIn(file, text string) []Gap {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSpace(line))
	}
	ofGap := make([]string, len(lines)) // the gap whose comment it is, or ""
	for i, line := range lines {
		if marker := gapMarker.FindString(line); marker != "" {
			ofGap[i] = marker
		} else if i > 0 && commentLine.MatchString(line) {
			ofGap[i] = ofGap[i-1]
		}
	}
	var gaps []Gap
	for i, line := range lines {
		match := gapMarker.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		g := Gap{File: file, Line: i + 1, own: codeBeforeIt.FindStringSubmatch(line + "//")[1]}
		g.Number, _ = strconv.Atoi(match[1])
		if above := lastFull(lines[:i]); above < 0 || ofGap[above] != "" || !strings.HasSuffix(file, ".go") {
			g.above = anything
		} else {
			g.above = lines[above]
		}
		end := i + 1
		for end < len(lines) && ofGap[end] != "" && !gapMarker.MatchString(lines[end]) {
			end++
		}
		if below := slices.IndexFunc(lines[end:], isFull); below >= 0 {
			g.below = lines[end+below]
			if commentLine.MatchString(g.below) && ofGap[end+below] != "" {
				g.below = ofGap[end+below]
			}
			g.filled = below == 0 && !commentLine.MatchString(lines[end])
		}
		g.next = gapMarker.FindString(strings.Join(lines[end:], "\n"))
		gaps = append(gaps, g)
	}
	return gaps
}

func isFull(line string) bool { return line != "" }

func lastFull(lines []string) int {
	for i, line := range slices.Backward(lines) {
		if line != "" {
			return i
		}
	}
	return -1
}

// isOpen tells whether a gap stands among the same lines as one of these, in
// which nothing has been written yet. A comment that is left standing where code
// has been written does not.
func (g Gap) isOpen(unfilled []Gap) bool {
	return slices.ContainsFunc(unfilled, func(u Gap) bool {
		if g.File != u.File || g.Number != u.Number || g.own != u.own || u.above != anything && g.above != u.above {
			return false
		}
		if !gapMarker.MatchString(u.below) {
			return g.below == u.below
		}
		// Where the next gap is filled, and its comment gone, what stands below is
		// what fills that one.
		return gapMarker.MatchString(g.below) || !g.filled && g.next != u.below
	})
}

// shipped is a list of the gaps of all steps. TestShipped writes it.
//
//go:embed shipped.txt
var shipped string

// Shipped gives the gaps of a step as it is shipped.
func Shipped(step string) []Gap {
	var gaps []Gap
	for line := range strings.Lines(shipped) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) != 6 || fields[0] != step {
			continue
		}
		g := Gap{File: fields[1], own: fields[3], above: fields[4], below: fields[5]}
		g.Number, _ = strconv.Atoi(fields[2])
		gaps = append(gaps, g)
	}
	return gaps
}

// record is the line of shipped.txt for a gap of a step.
func (g Gap) record(step string) string {
	return fmt.Sprintf("%s\t%s\t%d\t%s\t%s\t%s\n", step, g.File, g.Number, g.own, g.above, g.below)
}

// gapsOfLesson gives the gaps that are still there in the code that a lesson
// shows.
func gapsOfLesson(lesson string) []Gap {
	var gaps []Gap
	for _, block := range editOfLesson.FindAllStringSubmatch(lesson, -1) {
		gaps = append(gaps, gapsIn(block[1], block[2])...)
	}
	return gaps
}
