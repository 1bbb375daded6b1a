// Package guide checks the steps of the workshop, and says what the learner has
// to do next: what to read, where to edit, what to run.
//
// [Guide.Check] gives that as a [Report], and [Guide.Parts] puts it into words;
// [Guide.Lead] checks step after step, and prints. [Guide.Start] knows where to
// go on, [Guide.Hint] what helps, and [Guide.Standings] what is done.
package guide

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/verdict"
	"example.com/tracing-workshop/workshop/steptest"
)

// Guide checks steps of a repository.
type Guide struct {
	*repository.Repository
	Steps []string
	All   bool // these are all steps
	// Watching tells that a step is checked whenever a file of it is saved, so
	// that no command to check again is given. Keys tells that a key does the rest.
	Watching, Keys bool
	// Only is the section of a part that is checked, and nil for a step.
	Only *Section
	// Progress remembers where the learner is, and what the checks said.
	Progress *progress.Progress
	// Shipped are the steps as nobody has edited them.
	Shipped *shipped.Steps
	// Test and Vet look at a step, as [steptest.Run] and [steptest.Vet] do.
	Test func(ctx context.Context, folder string, env []string, args ...string) (*steptest.Outcome, error)
	Vet  func(ctx context.Context, folder string, args ...string) (findings string, err error)
}

// New gives one that checks these steps, which are all or the one that was asked
// for.
func New(r *repository.Repository, steps []string, all bool) *Guide {
	return &Guide{
		Repository: r, Steps: steps, All: all, Progress: progress.Of(r.Root), Shipped: shipped.Workshop(),
		Test: steptest.Run, Vet: steptest.Vet,
	}
}

// Anew lets no verdict come from go's cache of tests: such a one leaves no record
// for those who show it.
func (g *Guide) Anew() {
	test := g.Test
	g.Test = func(ctx context.Context, folder string, env []string, args ...string) (*steptest.Outcome, error) {
		return test(ctx, folder, env, append(args, "-count=1")...)
	}
}

// Report is what the check of a step found. All places in it are as the learner
// types them.
type Report struct {
	Step    string
	Passed  bool              // the traces are right; the step is solved if vet finds nothing, either
	Verdict string            // what the test says; "" if it did not begin
	Section string            // the number of the section of the lesson that the verdict is about
	Checks  map[string]string // name of the check -> pass, fail or pending
	Build   []Problem         // that keep the program from being compiled
	Crash   []string          // the lines that tell why the test of a compiled program did not begin
	Vet     []Problem
	Of      *Section // of a part, that was checked; nil for a step
	Skipped []string // tests of the section that this machine cannot run, each with the reason

	// What to do next, if the step is not solved. Read is nil where no section
	// of the lesson helps.
	Read      *Move
	Edit, Run Move
}

// Problem is what the compiler or vet found.
type Problem struct {
	Place   string // as file:line
	Message string
	Hint    string // what to do, where more can be said than the compiler does
}

// Move is something for the learner to do.
type Move struct {
	What string // a place or a command, ready to be copied
	Note string
}

// title is what was checked.
func (r Report) title() string {
	if r.Of != nil {
		return r.Of.InFull()
	}
	return r.Step
}

// Solved tells that there is nothing more to do in the step.
func (r Report) Solved() bool { return r.Passed && len(r.Vet) == 0 && !r.Unchecked() }

// Unchecked tells that this machine can run none of the tests of the section.
func (r Report) Unchecked() bool { return r.Of != nil && len(r.Skipped) == len(r.Of.Tests) }

// Check runs the test of a step, and vet beside it, which go test would run
// first. The verdict is there in two thirds of the time then: failed is told of
// one that is not met while vet is still at work. The report that is given is
// the same with what vet found. An error means that nothing could be checked.
// What the check said is remembered. Of a part, the tests of the section are run,
// and nothing is remembered.
func (g *Guide) Check(ctx context.Context, step string, env []string, failed func(Report)) (Report, error) {
	if g.Only != nil {
		r, err := g.checkSection(ctx, *g.Only, env)
		if err == nil && !r.Passed {
			failed(r)
		}
		return r, err
	}
	vetting, stop := context.WithCancel(ctx)
	defer stop()
	vetted := make(chan []Problem, 1)
	go func() {
		// That vet cannot run is for the verdict to say: it needs the same.
		findings, _ := g.Vet(vetting, g.Path(step))
		vetted <- g.shown(step, problems(findings))
	}()
	print, begun := progress.Fingerprint(g.Path(step)), time.Now()
	r, err := g.verdict(ctx, step, env)
	if err == nil && !r.Passed {
		g.note(r, print)
		g.keep(r, begun)
		failed(r)
	}
	if err != nil || !r.Passed && r.Verdict == "" {
		stop() // vet would say the same, or nothing
		<-vetted
	} else if r.Vet = <-vetted; r.Passed && len(r.Vet) > 0 {
		r.Edit, r.Run = Move{What: r.Vet[0].Place}, g.again()
	}
	if err == nil && r.Passed && ctx.Err() == nil {
		g.note(r, print)
	}
	return r, err
}

// keep leaves a record of a program that does not compile, whose test cannot leave
// one, for those who show verdicts.
func (g *Guide) keep(r Report, begun time.Time) {
	folder, asked := verdict.Asked(g.Root)
	if !asked || len(r.Build) == 0 {
		return
	}
	record, _ := verdict.Read(folder, r.Step) // where the learner was stays known
	record.Step, record.Passed, record.Begun, record.Ended = r.Step, false, begun, time.Now()
	record.Problems = &verdict.Problems{Says: "Go cannot compile this program yet."}
	for _, p := range r.Build {
		record.Problems.Lines = append(record.Problems.Lines, verdict.Problem(p))
	}
	_ = record.Write(folder) // a page that is not told shows what it knew
}

// note remembers a report. While a program does not compile, the gap of the last
// verdict is still the one that the learner works on.
func (g *Guide) note(r Report, print string) {
	o := progress.Outcome{Print: print, Solved: r.Solved(), Section: r.Section, Checks: r.Checks}
	if before, _ := g.outcome(r.Step); o.Section == "" && !r.Passed {
		o.Section = before.Section
	}
	g.Progress.Note(r.Step, o)
}

// Look gives a report of a step with what is remembered of it, and checks it
// first if its files are others by now.
func (g *Guide) Look(ctx context.Context, c *console.Console, step string) (Report, error) {
	o, known := g.outcome(step)
	if !known {
		done := c.Waiting("checking "+step, slowAtFirst)
		defer done()
		return g.Check(ctx, step, nil, func(Report) {})
	}
	return Report{Step: step, Passed: o.Solved, Section: o.Section, Checks: o.Checks}, nil
}

func (g *Guide) verdict(ctx context.Context, step string, env []string) (Report, error) {
	o, err := g.Test(ctx, g.Path(step), env, "-vet=off")
	if err != nil {
		return Report{Step: step}, err
	}
	return g.report(step, o)
}

// report says what an outcome means, and what to do next.
func (g *Guide) report(step string, o *steptest.Outcome) (Report, error) {
	r := Report{Step: step}
	if r.Passed = o.Passed; r.Passed || len(o.Checks) > 0 {
		r.Verdict, r.Section, r.Checks = o.Verdict, o.Section, o.Checks
	}
	if r.Passed {
		return r, nil
	}
	r.Run = g.again()
	if len(o.Checks) > 0 {
		r.Read, r.Edit = g.reading(step, o.Section), g.edit(step, o)
		return r, nil
	}
	if found := problems(o.Output); len(found) > 0 {
		r.Build = g.shown(step, found)
		for i, p := range found {
			r.Build[i].Hint = remedy(p.Message, g.Path(step, "packages_test.go"))
		}
		r.Edit = Move{What: r.Build[0].Place}
		return r, nil
	}
	if reason := gotool.Problem(o.Output); reason != "" {
		if advice := g.Advice(g.Path(step), reason); advice != "" {
			reason += "; " + advice
		}
		return r, fmt.Errorf("go test cannot check %s: %s", step, reason)
	}
	r.Crash = crashLines(o.Output)
	r.Edit = g.crashed(step, r.Crash)
	return r, nil
}

// shown gives problems with their places as the learner types them.
func (g *Guide) shown(step string, found []Problem) []Problem {
	shown := make([]Problem, len(found))
	for i, p := range found {
		shown[i] = Problem{Place: g.ShowPlace(step, p.Place), Message: p.Message}
	}
	return shown
}

// reading is the section of the lesson to read, if there is one.
func (g *Guide) reading(step, section string) *Move {
	line, err := g.Section(step, section)
	if err != nil {
		return nil
	}
	return &Move{What: fmt.Sprintf("%s:%d", g.Show(step, "README.md"), line), Note: "section " + section}
}

var (
	place = regexp.MustCompile(`[\w.-]+\.go:\d+`)
	// lineOfYAML is how a verdict names a line of a file that Jaeger does not take.
	lineOfYAML = regexp.MustCompile(`with ([\w.-]+\.ya?ml): .*?\(line (\d+):`)
)

// edit is where to edit: the place that the verdict names, else the gap of the
// lesson's section.
func (g *Guide) edit(step string, o *steptest.Outcome) Move {
	said := strings.Join(strings.Fields(text.Unpainted(o.Verdict)), " ")
	named, todo := place.FindString(said), "TODO("+o.Section+")"
	if line := lineOfYAML.FindStringSubmatch(said); line != nil && g.Has(step, line[1]) {
		return Move{What: g.Show(step, line[1]+":"+line[2]), Note: "what Jaeger does not take"}
	}
	switch {
	case named != "" && named != o.Gap:
		return Move{What: g.Show(step, named)}
	case o.Gap != "":
		return Move{What: g.Show(step, o.Gap), Note: todo}
	}
	return Move{What: g.Show(step), Note: "what you wrote for this section"}
}

// crashed is where to edit a program that panics before its test begins, as a
// package-level variable can: the first place in it that the crash names.
func (g *Guide) crashed(step string, lines []string) Move {
	for _, line := range lines {
		if named := place.FindString(line); named != "" && g.Has(step, file(named)) {
			return Move{What: g.Show(step, named)}
		}
	}
	return Move{What: g.Show(step), Note: "what you changed last"}
}

// again is the command that checks anew, if one is needed.
func (g *Guide) again() Move {
	if g.Watching {
		return Move{}
	}
	command := g.Command()
	switch {
	case g.Only != nil:
		command = g.checking("check", *g.Only)
	case !g.All:
		command += " check " + g.Steps[0]
	}
	return Move{What: command, Note: "to check again"}
}
