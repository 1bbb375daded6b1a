package page

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.com/tracing-workshop/workshop/internal/guide"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/verdict"
)

// checks are those that the page starts: one at a time, since they would only
// take the time from each other.
type checks struct {
	run  func(ctx context.Context, step string) (guide.Report, error)
	tell func(event)

	ctx  context.Context // ends all of them
	turn chan struct{}   // has room for the one at work
	all  sync.WaitGroup

	mu       sync.Mutex
	running  map[string]*running // by step, with those that wait for their turn
	problems map[string]verdict.Problems
}

type running struct{ stop context.CancelFunc }

func newChecks(ctx context.Context, run func(context.Context, string) (guide.Report, error), tell func(event)) *checks {
	return &checks{run: run, tell: tell, ctx: ctx, turn: make(chan struct{}, 1), running: map[string]*running{}, problems: map[string]verdict.Problems{}}
}

// checking is the event about a check that the page started.
type checking struct {
	Step string `json:"step"`
	On   bool   `json:"on"`
}

// aboutStep is the event that something about a step has changed.
type aboutStep struct {
	Step string `json:"step"`
}

// start checks a step, in place of the check of it that is at work.
func (c *checks) start(step string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	if before := c.running[step]; before != nil {
		before.stop()
	}
	ctx, stop := context.WithCancel(c.ctx)
	this := &running{stop}
	c.running[step] = this
	c.tell(newEvent("checking", step, checking{step, true}))
	c.all.Go(func() {
		defer stop()
		c.check(ctx, step, this)
	})
}

func (c *checks) check(ctx context.Context, step string, this *running) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		c.finish(step, this, nil)
		return
	}
	report, err := c.run(ctx, step)
	<-c.turn
	if ctx.Err() != nil {
		c.finish(step, this, nil)
		return
	}
	found := problemsOf(report, err)
	c.finish(step, this, &found)
}

// finish notes what a check found, which is nil if it was stopped.
func (c *checks) finish(step string, this *running, found *verdict.Problems) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[step] != this {
		return // another one of the step has begun
	}
	delete(c.running, step)
	if found != nil {
		if delete(c.problems, step); found.Says != "" {
			c.problems[step] = *found
		}
		c.tell(newEvent("verdict", step, aboutStep{step}))
	}
	c.tell(newEvent("checking", step, checking{step, false}))
}

// problemsOf gives what keeps a step from a verdict, or from being solved, and
// says nothing where that is for the verdict to say.
func problemsOf(r guide.Report, err error) verdict.Problems {
	found := verdict.Problems{Lines: []verdict.Problem{}}
	list := func(says string, all []guide.Problem) verdict.Problems {
		found.Says = says
		for _, p := range all {
			found.Lines = append(found.Lines, verdict.Problem(p))
		}
		return found
	}
	switch {
	case err != nil:
		found.Says = text.Sentence(err.Error())
	case len(r.Build) > 0:
		return list("Go cannot compile this program yet.", r.Build)
	case r.Passed && len(r.Vet) > 0:
		return list("The traces are right. go vet, which go test runs as well, found this in the code.", r.Vet)
	case !r.Passed && r.Verdict == "":
		found.Says = "The check of this program ended before it began. This is what go test said."
		for _, line := range r.Crash {
			found.Lines = append(found.Lines, verdict.Problem{Message: strings.TrimSpace(line)})
		}
	}
	return found
}

// verdictCame forgets the problems of a step, of which there is a newer record.
func (c *checks) verdictCame(step string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[step] == nil {
		delete(c.problems, step)
	}
}

// now gives the steps that are being checked, and the problems by step.
func (c *checks) now() (steps []string, problems map[string]verdict.Problems) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(c.running)))), maps.Clone(c.problems)
}
