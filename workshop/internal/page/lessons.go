package page

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/page/prose"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

// step gives the step that is asked for, and its index among all.
func (p *page) step(w http.ResponseWriter, r *http.Request) (steps []string, at int, ok bool) {
	steps, err := p.Repository.Steps()
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return nil, 0, false
	}
	if at = slices.Index(steps, r.PathValue("step")); at < 0 {
		fail(w, http.StatusNotFound, "there is no such step: the steps are "+strings.Join(steps, ", "))
		return nil, 0, false
	}
	return steps, at, true
}

func (p *page) serveLesson(w http.ResponseWriter, r *http.Request) {
	steps, at, ok := p.step(w, r)
	if !ok {
		return
	}
	lesson, err := prose.Read(p.Repository.Root, steps[at])
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	if at+1 < len(steps) {
		lesson.Next = steps[at+1]
	}
	record, _ := p.records.read(steps[at]) // none is as good as one that says nothing
	todos := gapsIn(p.Repository.Path(steps[at]))
	for i := range lesson.Sections {
		lesson.Sections[i].Gap = gap(lesson.Sections[i].Number, record, todos)
	}
	answer(w, lesson)
}

// gap is the place in the code that a section is about. The verdict knows it of
// the section that fails; of those that were not checked the comment of the gap
// tells it, and one whose checks pass has none.
func gap(section int, record verdict.Record, todos map[int]string) string {
	if record.Passed {
		return ""
	}
	if record.Failure != nil && record.Failure.Section == section {
		return record.Failure.Gap
	}
	checked := false
	for _, check := range record.Checks {
		if check.Section != section {
			continue
		}
		if checked = true; check.Outcome != "pass" {
			return todos[section]
		}
	}
	if checked {
		return ""
	}
	return todos[section]
}

var todo = regexp.MustCompile(`TODO\((\d+)\)`)

// mostOfSource is how long a file may be that is looked through for gaps.
const mostOfSource = 1 << 20

// gapsIn gives the first place in the learner's files of each gap, by its number.
func gapsIn(folder string) map[int]string {
	gaps := map[int]string{}
	files, _ := os.ReadDir(folder)
	for _, file := range files {
		name := file.Name()
		info, err := file.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > mostOfSource || !isLearners(name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			continue
		}
		number := 0
		for line := range strings.Lines(string(content)) {
			number++
			for _, match := range todo.FindAllStringSubmatch(line, -1) {
				section, _ := strconv.Atoi(match[1])
				if gaps[section] == "" {
					gaps[section] = fmt.Sprintf("%s:%d", name, number)
				}
			}
		}
	}
	return gaps
}

func isLearners(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".yaml", ".env":
		return !strings.HasSuffix(name, "_test.go")
	}
	return false
}

func (p *page) serveVerdict(w http.ResponseWriter, r *http.Request) {
	steps, at, ok := p.step(w, r)
	if !ok {
		return
	}
	record, err := p.records.read(steps[at])
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fail(w, http.StatusNotFound, steps[at]+" was not checked yet: check it here, or with go test ./"+steps[at])
	case err != nil:
		fail(w, http.StatusInternalServerError, err.Error())
	default:
		answer(w, record)
	}
}

func (p *page) startCheck(w http.ResponseWriter, r *http.Request) {
	steps, at, ok := p.step(w, r)
	if !ok {
		return
	}
	p.checks.start(steps[at])
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write([]byte("{}\n"))
}
