package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/machine"
	"example.com/tracing-workshop/workshop/internal/proof"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/spelling"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/usage"
)

func proveCommand() command {
	return command{
		name:      "prove",
		arguments: "[step ...]",
		summary:   "run the tests of the workshop itself",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			name := flags.String("case", "", "prove only this mistake or other right answer, by its `name` in solutions/mistakes\n      or solutions/alternatives, or solution, or starter")
			return func(ctx context.Context, c *console.Console, args []string) error {
				r, err := repository.Here()
				if err != nil {
					return err
				}
				plan, err := planOf(r, args, *name)
				if err != nil {
					return err
				}
				return newProver(c, r, plan).prove(ctx)
			}
		},
	}
}

// planOf gives what the words of the command line ask for.
func planOf(r *repository.Repository, args []string, name string) (proof.Plan, error) {
	var steps []string
	for _, arg := range args {
		step, err := r.Step(arg)
		if err != nil {
			return proof.Plan{}, err
		}
		steps = append(steps, step)
	}
	switch {
	case name != "":
		return planCase(r, steps, name)
	case len(steps) > 0:
		return proof.Steps(r.Root, steps...), nil
	}
	return proof.All(r.Root), nil
}

// planCase finds the one step, of those that are named or of all, that has a
// case of that name.
func planCase(r *repository.Repository, steps []string, name string) (proof.Plan, error) {
	if len(steps) == 0 {
		var err error
		if steps, err = r.Steps(); err != nil {
			return proof.Plan{}, err
		}
	}
	var with, names []string
	for _, step := range steps {
		cases, err := proof.Cases(r.Root, step)
		if err != nil {
			return proof.Plan{}, err
		}
		names = append(names, cases...)
		if slices.Contains(cases, name) {
			with = append(with, step)
		}
	}
	switch len(with) {
	case 1:
		return proof.Case(r.Root, with[0], name), nil
	case 0:
		if near := spelling.Nearest(name, names); near != "" {
			return proof.Plan{}, usage.Errorf("prove: there is no case %q: did you mean -case %s?", name, near)
		}
		return proof.Plan{}, usage.Errorf("prove: there is no case %q: the names are those of the files in %s and %s", name, r.Show("solutions", "mistakes"), r.Show("solutions", "alternatives"))
	}
	return proof.Plan{}, usage.Errorf("prove: %s all have a case %q: add the step, as in %s prove %s -case %s", strings.Join(with, ", "), name, repository.Invocation, with[0], name)
}

// prover proves, and tells how it goes.
type prover struct {
	*console.Console
	*repository.Repository
	plan proof.Plan
	// run is the plan's, and obtain gets a Jaeger. Tests say something else.
	run    func(context.Context, proof.Options) error
	obtain func(context.Context) error

	log     string // the file that keeps what failed, whole
	began   time.Time
	total   int
	spent   []stage
	passed  int
	failed  []proof.Result
	skipped []proof.Result
	work    []proof.Result // at this moment
	shown   *console.Progress
}

// stage is what took time.
type stage struct {
	what string
	took time.Duration
}

func newProver(c *console.Console, r *repository.Repository, plan proof.Plan) *prover {
	p := &prover{Console: c, Repository: r, plan: plan, run: plan.Run, began: time.Now()}
	p.obtain = func(ctx context.Context) error {
		module, err := jaeger.FindModule(r.Root)
		if err == nil {
			_, err = machine.Obtain(ctx, c, module, jaeger.BuildOptions{Urgent: true})
		}
		return err
	}
	if cache, err := os.UserCacheDir(); err == nil {
		p.log = filepath.Join(cache, "tracing-workshop", "prove.log")
	}
	return p
}

// errNotProved is told after the lines that say what failed.
var errNotProved = errors.New("not everything is proved")

func (p *prover) prove(ctx context.Context) error {
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
		return errNotProved
	case p.ended() == 0:
		return errors.New("nothing was proved: no test has that name")
	}
	return nil
}

// prepare gets what the proofs are made of, so that their own time is theirs.
func (p *prover) prepare(ctx context.Context) error {
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

func (p *prover) stage(what string, do func() error) error {
	began := time.Now()
	err := do()
	p.spent = append(p.spent, stage{what, time.Since(began)})
	return err
}

func (p *prover) runAll(ctx context.Context) error {
	if !p.Live {
		p.Printf("%s to go\n", text.Plural(p.total, "proof"))
	}
	p.shown = p.Progress("")
	p.show()
	defer p.shown.End()
	return p.stage("running", func() error {
		return p.run(ctx, proof.Options{Begun: p.begin, Report: p.end})
	})
}

// show shows how far it is.
func (p *prover) show() {
	var notes []string
	if n := len(p.failed); n > 0 {
		notes = append(notes, fmt.Sprintf("%d failed", n))
	}
	if n := len(p.work); n > 0 {
		notes = append(notes, nameOf(p.work[n-1]))
	}
	p.shown.Set(fmt.Sprintf("proof %d of %d", min(p.ended()+1, p.total), p.total), notes...)
}

func (p *prover) begin(r proof.Result) {
	p.work = append(p.work, r)
	p.show()
}

const (
	slowProof   = 30 * time.Second // is told where lines stay
	proofsALine = 25
)

func (p *prover) end(r proof.Result) {
	p.work = slices.DeleteFunc(p.work, func(w proof.Result) bool { return w.Package == r.Package && w.Test == r.Test })
	switch r.Outcome {
	case proof.Passed:
		p.passed++
	case proof.Failed:
		p.failed = append(p.failed, r)
	case proof.Skipped:
		p.skipped = append(p.skipped, r)
	}
	if p.show(); p.Live {
		return
	}
	if r.Outcome == proof.Failed {
		p.Printf("  ✗ %s\n", nameOf(r))
	}
	if r.Took >= slowProof {
		p.Printf("  %s took %s\n", nameOf(r), text.Minutes(r.Took))
	}
	if p.ended()%proofsALine == 0 {
		p.Printf("  %d of %d · %s\n", p.ended(), p.total, text.Minutes(time.Since(p.began)))
	}
}

func (p *prover) ended() int { return p.passed + len(p.failed) + len(p.skipped) }

// nameOf is how a proof is called.
func nameOf(r proof.Result) string {
	test := strings.TrimPrefix(strings.TrimPrefix(r.Test, "TestProof/"), "TestDocuments/")
	return strings.TrimSpace(strings.TrimPrefix(r.Package, "solutions/") + " " + test)
}

const (
	mostLines    = 10 // of one proof that failed
	mostFailures = 10 // that are told in so many lines
)

// tellFailures shows the beginning of what failed, and keeps all of it.
func (p *prover) tellFailures() {
	for i, r := range p.failed {
		if i == mostFailures {
			p.Printf("\n%s\n", p.Red(fmt.Sprintf("✗ and %d more", len(p.failed)-i)))
			break
		}
		p.Printf("\n%s\n", p.Red("✗ "+nameOf(r)))
		lines := telling(r.Output)
		for _, line := range lines[:min(len(lines), mostLines)] {
			p.Printf("  %s\n", line)
		}
	}
	if len(p.failed) > 0 {
		p.keepFailures()
		p.Printf("\n")
	}
	for _, r := range p.skipped {
		p.Printf("- %s was skipped: %s\n", nameOf(r), r.Reason())
	}
}

// telling gives the lines that are not empty.
func telling(output string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			lines = append(lines, strings.TrimPrefix(line, "    "))
		}
	}
	return lines
}

// keepFailures writes all that failed into a file. In CI, where the file is
// gone with the machine, it is printed.
func (p *prover) keepFailures() {
	var whole strings.Builder
	for _, r := range p.failed {
		fmt.Fprintf(&whole, "=== %s, after %s\n%s\n", nameOf(r), r.Took, r.Output)
	}
	if os.Getenv("CI") != "" {
		p.Printf("\nAll of what they say:\n\n%s", whole.String())
		return
	}
	if err := os.MkdirAll(filepath.Dir(p.log), 0o755); err != nil {
		return
	}
	if err := os.WriteFile(p.log, []byte(whole.String()), 0o644); err == nil {
		p.Printf("\nAll of what they say: %s\n", shell.Home(p.log))
	}
}

// measure gives the bytes that are fetched, and those that are built.
func (p *prover) measure(ctx context.Context) (sizes [2]int64) {
	env, err := gotool.Variables(ctx, p.Root)
	if err != nil {
		return sizes
	}
	sizes[0] = proof.Size(env["GOMODCACHE"])
	sizes[1] = proof.Size(env["GOCACHE"])
	if p.log != "" {
		sizes[1] += proof.Size(filepath.Dir(p.log))
	}
	return sizes
}

// account tells what was fetched, built and run.
func (p *prover) account(before, after [2]int64) {
	var took []string
	for _, s := range p.spent {
		took = append(took, fmt.Sprintf("%s %s", s.what, text.Minutes(s.took)))
	}
	p.Printf("Fetched %s, built %s, ran %s. It took %s: %s.\n",
		text.Megabytes(max(0, after[0]-before[0])), text.Megabytes(max(0, after[1]-before[1])), text.Plural(p.ended(), "proof"),
		text.Minutes(time.Since(p.began)), strings.Join(took, ", "))
}
