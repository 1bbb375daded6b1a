package solutions

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"example.com/tracing-workshop/workshop/steptest"

	"example.com/tracing-workshop/solutions/prove"
)

// BenchmarkVerdict measures what a learner waits for after an edit: the time to
// the verdict of "go run ./workshop check", while vet runs beside it. It is
// compared, edit by edit, with two things that run no check:
//
//	test  go test -run '^$', which compiles, vets and links the same package
//	link  the same without vet: the floor
//
// The ratios are called of-test and of-link. Step 5 starts a Jaeger several
// times.
//
//	go test ./solutions -run '^$' -bench Verdict/step02 -benchtime 5x
func BenchmarkVerdict(b *testing.B) {
	for _, step := range prove.Steps(b) {
		b.Run(step, func(b *testing.B) { benchmarkVerdict(b, step) })
	}
}

func benchmarkVerdict(b *testing.B, step string) {
	p := prove.Solution(b, step)
	solution := p["main.go"]
	// edited changes a file in a way that was never seen before, so that the
	// package is built anew and no result is remembered, also from a run of
	// this benchmark on another day.
	edited := func() (overlay string) {
		p["main.go"] = fmt.Sprintf("%s\n// an edit at %d\n", solution, time.Now().UnixNano())
		return prove.Overlay(b, step, p)
	}
	run := func(args ...string) time.Duration {
		args = append(args, "-overlay", edited())
		began := time.Now()
		o, err := steptest.Run(b.Context(), filepath.Join("..", step), nil, args...)
		took := time.Since(began)
		if err != nil {
			b.Fatal(err)
		}
		if !o.Passed {
			b.Fatalf("the solution fails:\n%s", o.Output)
		}
		return took
	}
	verdict := func() time.Duration {
		vetted := make(chan string, 1)
		overlay := edited()
		go func() {
			findings, err := steptest.Vet(b.Context(), filepath.Join("..", step), "-overlay", overlay)
			vetted <- fmt.Sprint(findings, err)
		}()
		took := run("-vet=off")
		if found := <-vetted; found != "<nil>" {
			b.Fatalf("vet finds %s", found)
		}
		return took
	}
	verdict() // warms the build cache
	run("-run", "^$")

	var test, link, whole time.Duration
	for b.Loop() {
		test += run("-run", "^$")
		whole += verdict()
		link += run("-run", "^$", "-vet=off")
	}
	b.ReportMetric(test.Seconds()/float64(b.N), "test-s/op")
	b.ReportMetric(whole.Seconds()/float64(b.N), "verdict-s/op")
	b.ReportMetric(whole.Seconds()/test.Seconds(), "of-test")
	b.ReportMetric(whole.Seconds()/link.Seconds(), "of-link")
	b.ReportMetric(0, "ns/op")
}
