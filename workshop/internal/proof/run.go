package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// Options are all optional.
type Options struct {
	// Report is told each proof when it has ended, and Begun each test when it
	// begins, by one goroutine.
	Report func(Result)
	Begun  func(Result)
	// Patience is how long nothing may happen; 20 minutes if it is 0.
	Patience time.Duration
}

// quiet is how long nothing may happen. On two processors that have other work
// to do, too, the longest proof takes a third of that.
const quiet = 20 * time.Minute

// errQuiet ends a proof in which nothing happens any more.
var errQuiet = errors.New("nothing has happened")

// atOnce is how many packages are tested at the same time. Each of them runs as
// many of its parallel tests at once as there are processors.
const atOnce = 2

// Run proves what is planned. That a proof fails is told to Report; an error
// means that the proof could not go on.
//
// Results that the go command remembers do not count: it does not see which
// files the proofs read.
func (p Plan) Run(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if o.Patience == 0 {
		o.Patience = quiet
	}
	r := newRunning(ctx, o)
	packages, err := p.inOrder(ctx)
	if err != nil {
		return err
	}
	// A test that hangs is ended by the one who runs them: go test itself would
	// print the stacks of all goroutines.
	args := []string{"test", "-json", "-count=1", "-vet=off", "-timeout=0",
		"-p", strconv.Itoa(atOnce), "-parallel", strconv.Itoa(max(2, runtime.NumCPU()))}
	if p.Pattern != "" {
		args = append(args, "-run", p.Pattern)
	}
	cmd := gotool.Command(ctx, p.root, append(args, packages...)...)
	var loose, stderr bytes.Buffer
	stdout, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, &stderr
	watch := time.AfterFunc(o.Patience, func() {
		stop(errQuiet)
	})
	defer watch.Stop()
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		r.follow(stdout, func() { watch.Reset(o.Patience) }, func(line string) { loose.WriteString(line) })
	}()
	err = proc.Run(cmd)
	write.Close()
	<-followed
	var exit *exec.ExitError
	switch {
	case context.Cause(ctx) == errQuiet:
		return fmt.Errorf("%w for %s; at work: %s", errQuiet, o.Patience, strings.Join(slices.Sorted(maps.Keys(r.atWork)), ", "))
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &exit) && len(r.proofs) == 0:
		return lastWords(stderr.String()+loose.String(), err)
	case errors.As(err, &exit):
		return nil
	}
	return err
}

// Fetch downloads the modules that the proof needs, also those that a step
// needs without go.work.
func (p Plan) Fetch(ctx context.Context) error {
	if err := p.list(ctx, nil, p.Packages...); err != nil {
		return err
	}
	steps, err := filepath.Glob(filepath.Join(p.root, "step[0-9][0-9]-*", "go.mod"))
	if err != nil {
		return err
	}
	for _, step := range steps {
		alone := p
		alone.root = filepath.Dir(step)
		// What a learner has written there may be no Go yet.
		if err := alone.list(ctx, []string{"GOWORK=off"}, "-e", "."); err != nil {
			return err
		}
	}
	return nil
}

func (p Plan) list(ctx context.Context, env []string, args ...string) error {
	cmd := gotool.Command(ctx, p.root, append([]string{"list", "-deps", "-test", "-f", ""}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	_, err := proc.Output(cmd)
	return gotool.Said(err)
}

// Compile compiles what the tests are made of. They are linked when they run.
func (p Plan) Compile(ctx context.Context) error {
	_, err := proc.Output(gotool.Command(ctx, p.root, append([]string{"list", "-e", "-export", "-deps", "-test", "-f", ""}, p.Packages...)...))
	return gotool.Said(err)
}

// Count gives how many proofs there are.
func (p Plan) Count(ctx context.Context) (int, error) {
	files, err := p.testFiles(ctx, p.Packages)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, ofPackage := range files {
		n += p.countIn(ofPackage)
	}
	return n, nil
}

// countIn counts the proofs in the test files of a package.
func (p Plan) countIn(files []string) (n int) {
	wanted := regexp.MustCompile(strings.Join(p.tops(), "|"))
	for _, file := range files {
		for _, test := range testsIn(file) {
			if wanted.MatchString(test) {
				n += p.proofsOf(test, file)
			}
		}
	}
	return n
}

// testsIn gives the names of the tests in a file, and of the fuzz tests, whose
// seeds go test runs.
func testsIn(file string) (names []string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil // the compiler will say why
	}
	for _, declaration := range parsed.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || function.Name.Name == "TestMain" {
			continue
		}
		if name := function.Name.Name; strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") {
			names = append(names, name)
		}
	}
	return names
}

// proofsOf counts the proofs in one test.
func (p Plan) proofsOf(test, file string) int {
	_, below, some := strings.Cut(p.Pattern, test+"$/")
	switch {
	case test == "TestProof" && !some:
		return p.proofsOfStep(filepath.Dir(file))
	case test == "TestDocuments" && some:
		return 1 + strings.Count(below, "|")
	case test == "TestDocuments":
		documents, _ := lesson.Paths(p.root)
		return len(documents)
	}
	return 1
}

// proofsOfStep counts the proofs of a step, or of a part of one, whose solution is
// in a folder.
func (p Plan) proofsOfStep(folder string) int {
	root, _ := filepath.Abs(p.root) // the go command gives whole paths
	step, err := filepath.Rel(filepath.Join(root, "solutions"), folder)
	if err != nil {
		return 1
	}
	cases, _ := Cases(p.root, filepath.ToSlash(step))
	if filepath.Dir(step) == "." {
		return len(cases) + 1 // the solution is proved with and without go.work
	}
	// In a part, solution and starter are proved by each test of it.
	tests, _ := filepath.Glob(filepath.Join(p.root, step, "*_test.go"))
	n := len(cases) - len(always)
	for _, file := range tests {
		n += len(always) * len(testsIn(file))
	}
	return n
}

// tops gives the parts of the pattern that are about the names of tests, and
// not of their subtests.
func (p Plan) tops() (all []string) {
	for _, pattern := range strings.Split(p.Pattern, "|^") {
		top, _, _ := strings.Cut(pattern, "/")
		all = append(all, strings.TrimPrefix(top, "^"))
	}
	return all
}

// inOrder gives the packages, those with the most to prove first: what comes
// last would keep one processor busy and the others idle.
func (p Plan) inOrder(ctx context.Context) ([]string, error) {
	files, err := p.testFiles(ctx, p.Packages)
	if err != nil {
		return nil, err
	}
	var all []string
	for pkg := range files {
		all = append(all, pkg)
	}
	slices.SortFunc(all, func(a, b string) int {
		if by := p.countIn(files[b]) - p.countIn(files[a]); by != 0 {
			return by
		}
		return strings.Compare(a, b)
	})
	return all, nil
}

// testFiles gives the test files of the packages that have some.
func (p Plan) testFiles(ctx context.Context, packages []string) (map[string][]string, error) {
	const format = `{{$d := .}}{{range .TestGoFiles}}{{$d.ImportPath}} {{$d.Dir}}|{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$d.ImportPath}} {{$d.Dir}}|{{.}}{{"\n"}}{{end}}`
	out, err := proc.Output(gotool.Command(ctx, p.root, append([]string{"list", "-f", format}, packages...)...))
	if err != nil {
		return nil, gotool.Said(err)
	}
	files := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		pkg, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		folder, name, ok := strings.Cut(file, "|")
		if ok {
			files[pkg] = append(files[pkg], filepath.Join(folder, name))
		}
	}
	return files, nil
}

func lastWords(text string, err error) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return err
	}
	return errors.New(strings.TrimPrefix(text[strings.LastIndexByte(text, '\n')+1:], "go: "))
}
