package page

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/page/live"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/saves"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

// state is all that the page shows in more than one place.
type state struct {
	Steps    []stepState                 `json:"steps"`
	At       string                      `json:"at"` // the step to begin with
	Live     live.State                  `json:"live"`
	Jaeger   jaegerState                 `json:"jaeger"`
	Checking []string                    `json:"checking"`
	Problems map[string]verdict.Problems `json:"problems"`
}

type stepState struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Done    bool   `json:"done"`
	Checks  int    `json:"checks"`
	Passed  int    `json:"passed"`
	Section int    `json:"section"` // of the lesson, to read
	Stale   bool   `json:"stale"`   // its files were saved after the last check

	checked time.Time // the last time; zero if never
}

type jaegerState struct {
	Address   string `json:"address"`
	Reachable bool   `json:"reachable"`
	Problem   string `json:"problem"`
}

func (p *page) serveState(w http.ResponseWriter, r *http.Request) {
	steps, err := p.Repository.Steps()
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	s := state{Live: p.intake.State(), Jaeger: p.jaegerState(r.Context()), Steps: []stepState{}}
	s.Checking, s.Problems = p.checks.now()
	for _, step := range steps {
		s.Steps = append(s.Steps, p.stepState(step))
	}
	if s.At = whereToBegin(s.Steps); s.At == "" {
		s.At = guide.New(p.Repository, steps, true).Start()
	}
	answer(w, s)
}

func (p *page) stepState(step string) stepState {
	s := stepState{Name: step, Title: p.title(step), Section: 1}
	record, err := p.records.read(step)
	if err != nil { // it was not checked while a page was there
		outcome, known := progress.Of(p.Repository.Root).Outcome(step, progress.Fingerprint(p.Repository.Path(step)))
		s.Done = known && outcome.Solved
		return s
	}
	s.Done, s.Checks, s.checked = record.Passed, len(record.Checks), record.Begun
	s.Stale = p.savedAfter(step, record.Begun)
	for _, check := range record.Checks {
		if check.Outcome == "pass" {
			s.Passed++
		}
	}
	if record.Failure != nil && record.Failure.Section > 0 {
		s.Section = record.Failure.Section
	}
	return s
}

// savedAfter tells whether a file of a step's program is newer than a moment.
func (p *page) savedAfter(step string, moment time.Time) bool {
	entries, err := os.ReadDir(p.Repository.Path(step))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(entry os.DirEntry) bool {
		info, err := entry.Info()
		return err == nil && saves.IsSource(entry.Name()) && info.ModTime().After(moment)
	})
}

// whereToBegin is with the step that was checked last. If that one is done, it is
// with the first that is not. It is "" if none was checked while a page was there.
func whereToBegin(steps []stepState) string {
	last := slices.MaxFunc(steps, func(a, b stepState) int { return a.checked.Compare(b.checked) })
	switch {
	case last.checked.IsZero():
		return ""
	case !last.Done:
		return last.Name
	}
	for _, s := range steps {
		if !s.Done {
			return s.Name
		}
	}
	return last.Name
}

// title is the heading of a lesson.
func (p *page) title(step string) string {
	content, err := os.ReadFile(p.Repository.Path(step, "README.md"))
	if err != nil {
		return step
	}
	first, _, _ := strings.Cut(string(content), "\n")
	if title, ok := strings.CutPrefix(strings.TrimSpace(first), "# "); ok {
		return title
	}
	return step
}

// jaegerAnswers is how long a Jaeger may take to say that it is there, and
// jaegerKnown how long that is believed.
const (
	jaegerAnswers = time.Second
	jaegerKnown   = 2 * time.Second
)

// jaegerLook is what was seen of a Jaeger.
type jaegerLook struct {
	mu    sync.Mutex
	at    time.Time
	state jaegerState
}

func (p *page) jaegerState(ctx context.Context) jaegerState {
	p.looked.mu.Lock()
	defer p.looked.mu.Unlock()
	if time.Since(p.looked.at) < jaegerKnown {
		return p.looked.state
	}
	// A page that is closed meanwhile must not leave the next one without an answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), jaegerAnswers)
	defer cancel()
	s := jaegerState{Address: p.jaeger.Address()}
	if err := p.jaeger.Answers(ctx); err != nil {
		s.Problem = text.Sentence(err.Error())
	} else {
		s.Reachable = true
	}
	p.looked.at, p.looked.state = time.Now(), s
	return s
}

// records reads those of the verdicts, and again only what has changed.
type records struct {
	folder string

	mu    sync.Mutex
	known map[string]kept
}

type kept struct {
	size   int64
	time   time.Time
	record verdict.Record
}

// read gives the record of a step.
func (r *records) read(step string) (verdict.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	info, err := os.Stat(filepath.Join(r.folder, step+".json"))
	if err != nil {
		return verdict.Record{}, err
	}
	if k, ok := r.known[step]; ok && k.size == info.Size() && k.time.Equal(info.ModTime()) {
		return k.record, nil
	}
	record, err := verdict.Read(r.folder, step)
	if err == nil {
		r.known[step] = kept{info.Size(), info.ModTime(), record}
	}
	return record, err
}
