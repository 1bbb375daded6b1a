package deployment

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestAwait has Jaegers that show their spans late, or never.
func TestAwait(t *testing.T) {
	away := errors.New("no hosts available in the pool")
	since := func(began time.Time, after time.Duration) bool { return time.Since(began) >= after }
	for name, c := range map[string]struct {
		ask  func(began time.Time) ([]spans.Span, error)
		held int
		err  error
		took time.Duration // to the second
	}{
		"all": {
			ask:  func(time.Time) ([]spans.Span, error) { return make([]spans.Span, 3), nil },
			held: 3,
		},
		"some, and no more": {
			ask:  func(time.Time) ([]spans.Span, error) { return make([]spans.Span, 2), nil },
			held: 2, took: slowPatience,
		},
		"the last after all others": {
			ask: func(began time.Time) ([]spans.Span, error) {
				if since(began, slowPatience-time.Second) {
					return make([]spans.Span, 3), nil
				}
				return make([]spans.Span, 2), nil
			},
			held: 3, took: slowPatience - time.Second,
		},
		"more and more": {
			ask: func(began time.Time) ([]spans.Span, error) {
				return make([]spans.Span, min(2, int(time.Since(began)/(10*time.Second)))), nil
			},
			held: 2, took: slowPatience + 20*time.Second,
		},
		"errors": {
			ask: func(time.Time) ([]spans.Span, error) { return nil, away },
			err: away, took: slowPatience,
		},
		"errors, and then a late answer": {
			ask: func(began time.Time) ([]spans.Span, error) {
				if !since(began, slowPatience-time.Second) {
					return nil, away
				}
				if !since(began, 2*slowPatience-2*time.Second) {
					return nil, nil
				}
				return make([]spans.Span, 3), nil
			},
			held: 3, took: 2*slowPatience - 2*time.Second,
		},
		"an error now and then": {
			ask: func(began time.Time) ([]spans.Span, error) {
				if int(time.Since(began).Seconds())%10 == 5 {
					return nil, away
				}
				return nil, nil
			},
			took: lookPatience,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &Deployment{ctx: t.Context(), facts: &tracecheck.Deployment{}, quiet: slowPatience}
				began := time.Now()
				held, err := d.await(func() ([]spans.Span, error) { return c.ask(began) }, 3)
				if len(held) != c.held || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
					t.Errorf("it gives %d spans and the error %v, want %d and %v", len(held), err, c.held, c.err)
				}
				if took := time.Since(began); took < c.took || took >= c.took+time.Second {
					t.Errorf("that took %v, want %v", took, c.took)
				}
			})
		})
	}
}
