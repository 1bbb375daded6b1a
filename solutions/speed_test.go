package solutions

import (
	"fmt"
	"testing"
	"time"

	"example.com/tracing-workshop/solutions/prove"
)

// BenchmarkVerdict measures what a learner waits for after an edit, and what of
// that is the compiler and the linker: the floor, the same package built and
// started with no test run. The ratio of the two is the cost of the checks.
//
//	go test ./solutions -run '^$' -bench Verdict/step02 -benchtime 5x
func BenchmarkVerdict(b *testing.B) {
	for _, step := range prove.Steps(b) {
		b.Run(step, func(b *testing.B) { benchmarkVerdict(b, step) })
	}
}

func benchmarkVerdict(b *testing.B, step string) {
	p := prove.Solution(b, step)
	edits := 0
	// goTest edits a file, so that the package is built anew, and runs go
	// test on it.
	goTest := func(args ...string) time.Duration {
		edits++
		p["main.go"] += fmt.Sprintf("\n// edit %d of %s\n", edits, b.Name())
		began := time.Now()
		if o := prove.GoTest(b, step, p, nil, args...); !o.Passed {
			b.Fatalf("the solution fails:\n%s", o.Output)
		}
		return time.Since(began)
	}
	goTest() // warms the build cache

	var floor, whole time.Duration
	for b.Loop() {
		floor += goTest("-run", "^$")
		whole += goTest()
	}
	perEdit := func(d time.Duration) float64 { return d.Seconds() / float64(b.N) }
	b.ReportMetric(perEdit(floor), "floor-s/op")
	b.ReportMetric(perEdit(whole), "verdict-s/op")
	b.ReportMetric(whole.Seconds()/floor.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
