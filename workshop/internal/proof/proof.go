// Package proof runs the tests that prove the workshop, and tells how it goes.
//
// [All], [Steps] and [Case] say what there is to prove; [Plan.Run] proves it,
// with go test in an order and with a parallelism that fit the machine. It
// reports each proof as it begins and ends, and a [Prover] shows that. A proof is a test that has no
// subtests: the solution of a step, one mistake, one document, or a test of a
// package.
package proof

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/jaeger"
)

// Plan is what is to be proved.
type Plan struct {
	// Packages are given to go test, and Pattern to its -run; "" runs all.
	Packages []string
	Pattern  string
	// Jaeger tells whether a part of it needs the real one.
	Jaeger bool
	// Single tells that it is one proof, for which no preparation pays.
	Single bool

	root string
}

// lessons is the package that follows every document.
const lessons = "./workshop/internal/lesson"

// All is the proof of the whole workshop in the folder root.
func All(root string) Plan {
	return Plan{root: root, Packages: []string{"./solutions/...", "./workshop/..."}, Jaeger: true}
}

// Steps is the proof of some steps: what their tests say of the solution, of
// the starter, of mistakes and of other right answers, and their lessons.
func Steps(root string, steps ...string) Plan {
	p := Plan{root: root}
	for _, step := range steps {
		p.Packages = append(p.Packages, "./solutions/"+step)
		p.Jaeger = p.Jaeger || step >= jaeger.Step
	}
	p.Packages = append(p.Packages, lessons)
	p.Pattern = "^TestProof$|^TestDocuments$/^(" + strings.Join(steps, "|") + ")$"
	return p
}

// Case is the proof of one mistake or other right answer of a step, or of its
// solution or starter.
func Case(root, step, name string) Plan {
	pattern := "^TestProof$/^(mistakes|alternatives)$/^" + name + "$"
	if slices.Contains(always, name) {
		pattern = "^TestProof$/^" + name + "$"
	}
	return Plan{root: root, Packages: []string{"./solutions/" + step}, Pattern: pattern, Jaeger: step >= jaeger.Step, Single: true}
}

// always are the proofs of a step that have no file.
var always = []string{"solution", "starter"}

// Cases gives the names that [Case] takes for a step.
func Cases(root, step string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "solutions", "*", step, "*.txtar"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s has no corpus of mistakes: clone the workshop anew", step)
	}
	names := slices.Clone(always)
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".txtar"))
	}
	return names, nil
}
