// Package report writes the verdict on a step: for the learner as a page of text,
// and for machines in attributes.
package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/cause"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// Verdict is the outcome of a step's checks.
type Verdict struct {
	Step      string  // the name of its folder
	Lesson    string  // the folder of its lesson, from the root of the workshop
	Checks    []Check // in the order of the lesson
	Source    *source.Program
	Failed    int              // the check that fails, if there is a fault
	Fault     *cause.Fault     // nil if all checks passed
	Diagnosis *cause.Diagnosis // nil if no cause is known
}

// Check is one thing that must be true of the learner's program.
type Check struct {
	Name     string             // stable, in kebab case
	Section  int                // number of the lesson's section, and of the gap that it fills
	Setup    int                // number of the section that sets up the tracing, if that is another one
	Must     string             // what must be true, in one sentence about the program
	Evidence *evidence.Evidence // nil if it was not looked at
}

// Write writes the verdict as a page of text: the first check that fails in full,
// with the trace that arrived, and the others as a list.
func (v *Verdict) Write(w io.Writer) error {
	p := &page{painter: painterFromEnvironment()}
	if v.Fault == nil {
		v.praise(p)
	} else {
		v.explain(p)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// outcome is pass, fail, or pending for a check that was not looked at.
func (v *Verdict) outcome(i int) string {
	switch {
	case v.Fault == nil || i < v.Failed:
		return "pass"
	case i == v.Failed:
		return "fail"
	}
	return "pending"
}

// lineWidth is what fits into 80 columns after the indent of go test.
const lineWidth = 76

// praise is the verdict when all is well.
func (v *Verdict) praise(p *page) {
	v.checklist(p)
	p.line("")
	v.picture(p, v.richest())
}

// richest is the evidence with the largest trace, the first of them.
func (v *Verdict) richest() *evidence.Evidence {
	richest, size := v.Checks[0].Evidence, 0
	for _, check := range v.Checks {
		for _, trace := range spans.Group(check.Evidence.Spans()) {
			if len(trace.Spans) > size {
				richest, size = check.Evidence, len(trace.Spans)
			}
		}
	}
	return richest
}

// explain is the verdict when a check fails.
func (v *Verdict) explain(p *page) {
	p.paragraph("", p.bold(v.must()))
	p.paragraph(p.red("✗ "), v.Fault.Says)
	p.line("")
	if d := v.Fault.Evidence.Deployment; d == nil || len(d.Account) > 0 {
		v.picture(p, v.Fault.Evidence)
		p.line("")
	}
	if v.Diagnosis != nil {
		p.paragraph("Likely cause: ", v.Diagnosis.Says+" ("+p.bold(v.Diagnosis.Cause)+")")
	} else {
		p.paragraph("Cause:        ", v.Fault.Uncertain())
	}
	p.paragraph("What to do:   ", v.next())
	p.paragraph("Read:         ", v.reading())
	p.line("")
	v.checklist(p)
}

// must is what is not so. Where a part of a deployment does not run, that is what
// matters, whichever check has met with it.
func (v *Verdict) must() string {
	if v.Fault.What == evidence.NotStarted && v.Fault.Evidence.Deployment != nil {
		return "Every part starts, and runs until it is told to end."
	}
	return v.check().Must
}

// section is the number of the section to go to.
func (v *Verdict) section() int {
	if check := v.check(); v.Diagnosis != nil && v.Diagnosis.Setup && check.Setup > 0 {
		return check.Setup
	}
	return v.check().Section
}

// next is the next action, with the gap that is still open, if it is.
func (v *Verdict) next() string {
	next := "Run it yourself, and compare what you see with what the lesson shows."
	if v.Diagnosis != nil {
		next = v.Diagnosis.Next
	}
	gap := v.gap()
	if gap == "" || v.isElsewhere(gap) {
		return next
	}
	return fmt.Sprintf("%s TODO(%d) in %s is the place.", next, v.section(), gap)
}

var placeInCode = regexp.MustCompile(`[\w.-]+\.go:\d+`)

// named gives the first place in the learner's code that the verdict names, or "".
func (v *Verdict) named() string {
	says := v.Fault.Says
	if v.Diagnosis != nil {
		says += " " + v.Diagnosis.Says + " " + v.Diagnosis.Next
	}
	return placeInCode.FindString(says)
}

// isElsewhere tells whether the verdict names a place in another file than an open
// gap is in: then the gap is still to be filled, and not what is wrong now.
func (v *Verdict) isElsewhere(gap string) bool {
	named, _, found := strings.Cut(v.named(), ":")
	file, _, _ := strings.Cut(gap, ":")
	return found && named != file
}

// gap is the place of the gap of that section, or "" if nothing is left open
// there. A crash has a place of its own, and two causes have none in the files.
func (v *Verdict) gap() string {
	ofMachine := []string{"jaeger-missing", "part-ended"}
	if v.Fault.What == evidence.Crashed || v.Diagnosis != nil && slices.Contains(ofMachine, v.Diagnosis.Cause) {
		return ""
	}
	var services []string
	for _, p := range v.Fault.Evidence.Processes {
		services = append(services, p.Service())
	}
	return v.Source.GapOf(v.section(), v.Fault.Service, services)
}

func (v *Verdict) reading() string {
	reading := fmt.Sprintf("%s/README.md, section %d", v.Lesson, v.section())
	if header := v.Source.Headers[v.section()]; header != "" {
		reading += fmt.Sprintf(" %q", header)
	}
	if v.Diagnosis != nil {
		reading += "; docs/mistakes.md#" + v.Diagnosis.Cause
	}
	return reading
}

// checklist shows where in the lesson this is.
func (v *Verdict) checklist(p *page) {
	const mostPending = 5
	var items []string
	for i, check := range v.Checks {
		if pending := len(v.Checks) - i; v.Fault != nil && i > v.Failed+mostPending && pending > 1 {
			items = append(items, p.faint(fmt.Sprintf("and\u00a0%d\u00a0more", pending)))
			break
		}
		switch v.outcome(i) {
		case "pass":
			items = append(items, p.green("✓")+"\u00a0"+check.Name)
		case "fail":
			items = append(items, p.red("✗")+"\u00a0"+p.bold(check.Name))
		default:
			items = append(items, p.faint("·\u00a0"+check.Name))
		}
	}
	label := fmt.Sprintf("%d of %d checks: ", v.passed(), len(v.Checks))
	p.paragraph(label, strings.Join(items, "  "))
}

// check is the one that fails.
func (v *Verdict) check() Check { return v.Checks[v.Failed] }

// passed is the number of checks that passed.
func (v *Verdict) passed() int {
	if v.Fault == nil {
		return len(v.Checks)
	}
	return v.Failed
}

// Attributes tells the verdict to a machine.
func (v *Verdict) Attributes(tell func(key, value string)) {
	for i, check := range v.Checks {
		tell("tracecheck.check", check.Name+" "+v.outcome(i))
	}
	if v.Fault == nil {
		return
	}
	cause := "unknown"
	if v.Diagnosis != nil {
		cause = v.Diagnosis.Cause
	}
	tell("tracecheck.cause", cause)
	tell("tracecheck.section", strconv.Itoa(v.section()))
	if gap := v.gap(); gap != "" {
		tell("tracecheck.gap", gap)
	}
}
