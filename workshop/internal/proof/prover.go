package proof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Prover proves what is planned, and tells how it goes.
type Prover struct {
	*console.Console
	*repository.Repository
	plan Plan
	run  func(context.Context, Options) error // the plan's; tests say something else

	log     string // the file that keeps what failed, whole
	began   time.Time
	total   int
	spent   []stage
	passed  int
	failed  []Result
	skipped []Result
	work    []Result // at this moment
	shown   *console.Progress
}

// stage is what took time.
type stage struct {
	what string
	took time.Duration
}

// NewProver gives one for a plan of a repository.
func NewProver(c *console.Console, r *repository.Repository, plan Plan) *Prover {
	p := &Prover{Console: c, Repository: r, plan: plan, run: plan.Run, began: time.Now()}
	if cache, err := os.UserCacheDir(); err == nil {
		p.log = filepath.Join(cache, "tracing-workshop", "prove.log")
	}
	return p
}

// ErrNotProved is told after the lines that say what failed.
var ErrNotProved = errors.New("not everything is proved")

// Prove proves, and gives an error if anything failed, or nothing was proved.
func (p *Prover) Prove(ctx context.Context) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("cannot find the go command: install Go from https://go.dev/dl and open a new terminal")
	}
	var before [2]int64
	if !p.plan.Single {
		before = p.measure(ctx)
	}
	if err := p.prepare(ctx); err != nil {
		return err
	}
	err := p.runAll(ctx)
	p.tellFailures()
	if ctx.Err() != nil {
		p.Printf("Stopped after %d of %s.\n", p.ended(), text.Plural(p.total, "proof"))
		return ctx.Err()
	}
	if !p.plan.Single {
		p.account(before, p.measure(ctx))
	}
	p.Printf("%d passed, %d failed, %d skipped\n", p.passed, len(p.failed), len(p.skipped))
	switch {
	case err != nil:
		return err
	case len(p.failed) > 0:
		return ErrNotProved
	case p.ended() == 0:
		return errors.New("nothing was proved: no test has that name")
	}
	return nil
}

// prepare gets what the proofs are made of, so that their own time is theirs.
func (p *Prover) prepare(ctx context.Context) error {
	if p.plan.Jaeger {
		if err := p.stage("Jaeger", func() error { return p.obtain(ctx) }); err != nil {
			return err
		}
	}
	if p.plan.Single {
		p.total = 1
		return nil
	}
	err := p.stage("fetching", func() error {
		defer p.Waiting("fetching the modules", "the first time, they are downloaded")()
		return p.plan.Fetch(ctx)
	})
	if err != nil {
		return fmt.Errorf("not everything could be downloaded: %w", err)
	}
	err = p.stage("compiling", func() error {
		defer p.Waiting("compiling what the tests are made of", "the first time, Go compiles for a minute or two")()
		return p.plan.Compile(ctx)
	})
	if err != nil {
		return fmt.Errorf("not everything could be compiled: %w", err)
	}
	p.total, err = p.plan.Count(ctx)
	return err
}

func (p *Prover) obtain(ctx context.Context) error {
	module, err := jaeger.FindModule(p.Root)
	if err == nil {
		_, err = machine.Obtain(ctx, p.Console, module, jaeger.BuildOptions{Urgent: true})
	}
	return err
}

func (p *Prover) stage(what string, do func() error) error {
	began := time.Now()
	err := do()
	p.spent = append(p.spent, stage{what, time.Since(began)})
	return err
}

func (p *Prover) runAll(ctx context.Context) error {
	if !p.Live {
		p.Printf("%s to go\n", text.Plural(p.total, "proof"))
	}
	p.shown = p.Progress("")
	p.show()
	defer p.shown.End()
	return p.stage("running", func() error {
		return p.run(ctx, Options{Begun: p.begin, Report: p.end})
	})
}

// show shows how far it is.
func (p *Prover) show() {
	var notes []string
	if n := len(p.failed); n > 0 {
		notes = append(notes, fmt.Sprintf("%d failed", n))
	}
	if n := len(p.work); n > 0 {
		notes = append(notes, nameOf(p.work[n-1]))
	}
	p.shown.Set(fmt.Sprintf("proof %d of %d", min(p.ended()+1, p.total), p.total), notes...)
}

func (p *Prover) begin(r Result) {
	p.work = append(p.work, r)
	p.show()
}

const (
	slowProof   = 30 * time.Second // is told where lines stay
	proofsALine = 25
)

func (p *Prover) end(r Result) {
	p.work = slices.DeleteFunc(p.work, func(w Result) bool { return w.Package == r.Package && w.Test == r.Test })
	switch r.Outcome {
	case Passed:
		p.passed++
	case Failed:
		p.failed = append(p.failed, r)
	case Skipped:
		p.skipped = append(p.skipped, r)
	}
	if p.show(); p.Live {
		return
	}
	if r.Outcome == Failed {
		p.Printf("  ✗ %s\n", nameOf(r))
	}
	if r.Took >= slowProof {
		p.Printf("  %s took %s\n", nameOf(r), text.Minutes(r.Took))
	}
	if p.ended()%proofsALine == 0 {
		p.Printf("  %d of %d · %s\n", p.ended(), p.total, text.Minutes(time.Since(p.began)))
	}
}

func (p *Prover) ended() int { return p.passed + len(p.failed) + len(p.skipped) }
