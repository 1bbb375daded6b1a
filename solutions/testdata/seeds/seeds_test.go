package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// TestEverySeedHasTrouble looks at what all seeds that people get draw: that
// enough visitors meet each trouble, and that none hides another.
func TestEverySeedHasTrouble(t *testing.T) {
	for seed := uint64(leastSeed); seed < leastSeed+seeds; seed++ {
		u := troubleOf(seed, visitors)
		slow, failed, repeated := 0, 0, 0
		for _, v := range draw(seed, u) {
			u.follow(operation{atUserService, v.path}, func(from, to operation) {
				if u.work(to, v.wish) > 50*time.Millisecond {
					slow++
				}
				if to == u.failing.of && from.at == u.failing.who {
					failed++
				}
				if from == u.repeated.from && to == u.repeated.to {
					repeated++
				}
			})
		}
		if slow < 10 || failed < 10 || repeated < 10 {
			t.Errorf("seed %d: %d calls are slow, %d fail, %d are repeated", seed, slow, failed, repeated)
		}
		if u.repeated.to == u.failing.of || u.repeated.to.at == u.slow.at {
			t.Errorf("seed %d: one trouble hides another", seed)
		}
	}
}

// TestNobodyGetsTheExample holds the seeds that people get apart from the one
// whose answers the lesson shows.
func TestNobodyGetsTheExample(t *testing.T) {
	lesson, err := step.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^seed: (\d+)$`).FindSubmatch(lesson)
	if example == nil {
		t.Fatal("the lesson shows no answers.yaml with a seed")
	}
	seed, err := strconv.ParseUint(string(example[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if seed >= leastSeed && seed < leastSeed+seeds {
		t.Errorf("the lesson shows the answers to seed %d, and somebody gets it", seed)
	}
	for i := range 1000 {
		if got := seedOf(fmt.Sprint("learner", i), "machine"); got < leastSeed || got >= leastSeed+seeds {
			t.Errorf("learner%d gets seed %d, which is not one from %d to %d", i, got, leastSeed, leastSeed+seeds-1)
		}
	}
	if got := defaultSeed(); got < leastSeed || got >= leastSeed+seeds {
		t.Errorf("this machine gets seed %d", got)
	}
}

// follow makes the calls of an operation, and those that come of them.
func (t trouble) follow(from operation, meet func(from, to operation)) {
	i := slices.IndexFunc(calls, func(c struct {
		from operation
		to   []operation
	}) bool {
		return c.from == from
	})
	for _, to := range calls[i].to {
		meet(from, to)
		t.follow(to, meet)
	}
}

// TestTruthIsInTheTraces sends the traffic of some seeds, and holds what the
// check finds in the traces to what the seed has drawn.
func TestTruthIsInTheTraces(t *testing.T) {
	for seed := uint64(100); seed < 112; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			findings := tracecheck.ReadFindings(fstest.MapFS{"answers.yaml": {Data: []byte(answers(seed))}}, "answers.yaml")
			traffic := tracecheck.Play(func(s *tracecheck.Stage) {
				s.Collector()
				s.Limit(time.Minute)
				s.Run("traffic", "-seed", fmt.Sprint(seed))
			})
			tracecheck.Run(t, step, []tracecheck.Check{
				{Name: "complaint", Must: "The complaint is found.", After: traffic, Expect: findings.Complaint},
				{Name: "slow", Must: "The slow service is found.", After: traffic, Expect: findings.Slow},
				{Name: "failing", Must: "The failing operation is found.", After: traffic, Expect: findings.Failing},
				{Name: "repeated", Must: "The repeated call is found.", After: traffic, Expect: findings.Repeated},
			})
		})
	}
}

// answers gives the right answers for a seed.
func answers(seed uint64) string {
	u := troubleOf(seed, visitors)
	key, value := "train.type", u.slow.wish.train
	switch {
	case u.slow.wish.class != "":
		key, value = "ticket.class", u.slow.wish.class
	case u.slow.wish.luggage != "":
		key, value = "luggage.kind", u.slow.wish.luggage
	}
	return fmt.Sprintf(`seed: %d
complaint:
  ticket: %s
slow:
  service: %s
  attribute: %s
  value: %s
failing:
  service: %s
  operation: GET %s
  caller: %s
  event: %s
repeated:
  caller: %s
  service: %s
  operation: GET %s
  times: %d
`, seed, draw(seed, u)[u.complains].ticket,
		u.nameOf(u.slow.at), key, value,
		u.nameOf(u.failing.of.at), u.failing.of.path, u.nameOf(u.failing.who), u.failing.says,
		u.nameOf(u.repeated.from.at), u.nameOf(u.repeated.to.at), u.repeated.to.path, u.repeated.times)
}
