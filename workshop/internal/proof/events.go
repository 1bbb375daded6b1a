package proof

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Result is how a proof ended.
type Result struct {
	Package string // from the root of the workshop, as solutions/step01-spans
	Test    string // with the case of it, as TestProof/starter; "" if the package itself failed
	Outcome Outcome
	Took    time.Duration
	Output  string // what it said, without the frame that go test puts around it
}

// Outcome is pass, fail or skip.
type Outcome string

const (
	Passed  Outcome = "pass"
	Failed  Outcome = "fail"
	Skipped Outcome = "skip"
)

// Reason is why a proof was skipped.
func (r Result) Reason() string {
	text := strings.TrimSpace(r.Output)
	text = text[strings.LastIndexByte(text, '\n')+1:]
	return place.ReplaceAllString(strings.TrimSpace(text), "")
}

var place = regexp.MustCompile(`^\S+_test\.go:\d+: `)

// event is a line of go test -json (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64 // seconds
}

// running follows the proofs of all packages.
type running struct {
	ctx           context.Context // when it ends, all that is at work is ended, and fails for no fault of its own
	report, begun func(Result)
	proofs        map[string]*strings.Builder // what each says, by package and name
	speaking      map[string]string           // the subtest that said the last of it, by package and name
	builds        map[string]string           // what the compiler said, by import path
	failed        map[string]int              // proofs that have failed, by package
	atWork        map[string]bool             // proofs that have begun and not ended, by package and name
}

func newRunning(ctx context.Context, o Options) *running {
	r := &running{
		ctx: ctx, report: o.Report, begun: o.Begun,
		proofs: map[string]*strings.Builder{}, speaking: map[string]string{}, builds: map[string]string{}, failed: map[string]int{}, atWork: map[string]bool{},
	}
	if r.report == nil {
		r.report = func(Result) {}
	}
	if r.begun == nil {
		r.begun = func(Result) {}
	}
	return r
}

// follow reads what go test -json prints, to its end. It calls heard for each
// line, and loose for one that is not JSON.
func (r *running) follow(stdout io.Reader, heard func(), loose func(string)) {
	for lines := bufio.NewReader(stdout); ; {
		line, err := lines.ReadString('\n')
		heard()
		var e event
		if json.Unmarshal([]byte(line), &e) == nil {
			r.add(e)
		} else if line != "" {
			loose(line)
		}
		if err != nil {
			return
		}
	}
}

func (r *running) add(e event) {
	name := proofOf(e.Test)
	switch e.Action {
	case "build-output":
		r.builds[e.ImportPath] += e.Output
	case "run":
		if name == e.Test && !many(name) {
			r.atWork[e.Package+" "+name] = true
			r.begun(Result{Package: short(e.Package), Test: name})
		}
	case "output":
		if !frame.MatchString(e.Output) {
			r.say(e, name)
		}
	case string(Passed), string(Failed), string(Skipped):
		if name == e.Test {
			r.end(e)
		}
	}
}

// frame is what go test says of itself.
var frame = regexp.MustCompile(`^(=== |\s*--- |PASS\n|FAIL\n|FAIL\t|ok  \t|\?   \t|exit status )`)

// end reports what has ended. A package, and a test that is many proofs, are
// none themselves, unless they failed and none of theirs did.
func (r *running) end(e event) {
	failed := e.Action == string(Failed)
	if failed && r.ctx.Err() != nil {
		return
	}
	if (e.Test == "" || many(e.Test)) && (!failed || r.failed[e.Package] > 0) {
		return
	}
	if failed {
		r.failed[e.Package]++
	}
	output := r.said(e.Package, e.Test).String()
	delete(r.atWork, e.Package+" "+e.Test)
	if e.Test == "" {
		output = r.compiler(e.Package) + r.unfinished(e.Package) + output
	}
	r.report(Result{
		Package: short(e.Package), Test: e.Test, Outcome: Outcome(e.Action), Output: output,
		Took: time.Duration(e.Elapsed * float64(time.Second)),
	})
}

// unfinished gives what the proofs of a package said that have not ended.
func (r *running) unfinished(pkg string) (text string) {
	for _, key := range slices.Sorted(maps.Keys(r.atWork)) {
		if name, found := strings.CutPrefix(key, pkg+" "); found {
			text += name + " did not end.\n" + r.said(pkg, name).String()
		}
	}
	return text
}

// many tells whether a test holds a proof in each of its subtests: the cases of
// a step, and the documents.
func many(test string) bool { return test == "TestProof" || test == "TestDocuments" }

// proofOf gives the proof that a test, or a subtest, belongs to.
func proofOf(test string) string {
	top, _, below := strings.Cut(test, "/")
	if below && many(top) {
		return test
	}
	return top
}

// say adds what a test said to what its proof says, after the name of the
// subtest where another one speaks than before.
func (r *running) say(e event, proof string) {
	said, key := r.said(e.Package, proof), e.Package+" "+proof
	if e.Test != r.speaking[key] {
		r.speaking[key] = e.Test
		if _, subtest, found := strings.Cut(e.Test, proof+"/"); found {
			said.WriteString(subtest + ":\n")
		}
	}
	said.WriteString(e.Output)
}

func (r *running) said(pkg, proof string) *strings.Builder {
	key := pkg + " " + proof
	if r.proofs[key] == nil {
		r.proofs[key] = &strings.Builder{}
	}
	return r.proofs[key]
}

// compiler gives what the compiler said of a package, or of its test.
func (r *running) compiler(pkg string) string {
	for path, text := range r.builds {
		if path == pkg || strings.HasPrefix(path, pkg+" [") {
			return text
		}
	}
	return ""
}

// short leaves out what all packages of the workshop share.
func short(pkg string) string { return strings.TrimPrefix(pkg, "example.com/tracing-workshop/") }
