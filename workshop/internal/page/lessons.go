package page

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/lesson"
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
	read, err := prose.Read(p.Repository.Root, steps[at])
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	if at+1 < len(steps) {
		read.Next = steps[at+1]
	}
	record, _ := p.records.read(steps[at])                // none is as good as one that says nothing
	todos, _ := lesson.Gaps(p.Repository.Path(steps[at])) // as good as none, too
	for i := range read.Sections {
		read.Sections[i].Gap = gap(read.Sections[i].Number, record, todos)
	}
	answer(w, read)
}

// gap is the place in the code that a section is about. The verdict knows it of
// the section that fails; of those that were not checked the comment of the gap
// tells it, and one whose checks pass has none.
func gap(section int, record verdict.Record, todos map[string]string) string {
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
			return todos[strconv.Itoa(section)]
		}
	}
	if checked {
		return ""
	}
	return todos[strconv.Itoa(section)]
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
