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
	"example.com/tracing-workshop/workshop/tracecheck/answers"
)

// TestEverySeedHasTrouble looks at what all seeds that people get draw: that
// enough visitors meet each trouble, that no other hides it, and that the answers
// are the only ones.
func TestEverySeedHasTrouble(t *testing.T) {
	for seed := uint64(leastSeed); seed < leastSeed+seeds; seed++ {
		u := troubleOf(seed, visitors)
		m := u.meet(draw(seed, u))
		if m.slow < 10 || m.repeated < 10 {
			t.Errorf("seed %d: %d calls are slow, %d are repeated", seed, m.slow, m.repeated)
		}
		if u.repeated.to == u.failing.of || u.repeated.to.at == u.slow.at {
			t.Errorf("seed %d: one trouble hides another", seed)
		}
		for of, with := range m.traits {
			quick := float64(with.quick) / float64(m.calls-m.slow)
			if isReason := of == (wanted{u.slow.trait, u.slow.value}); !isReason && with.slow == m.slow && quick < 0.2 {
				t.Errorf("seed %d: %s = %s explains the slow calls as well", seed, traits[of.trait].key, of.value)
			}
		}
		// Who gets a failure is one caller for the one to find, and more for the
		// others. By chance one of these may have met one caller alone: then the
		// one to find is the one that comes often.
		found := m.failures[u.failing.says]
		if len(found) != 1 || found[u.failing.who] < 10 {
			t.Errorf("seed %d: the calls of %d callers fail, those of the one to find %d times", seed, len(found), found[u.failing.who])
		}
		for _, other := range u.others {
			met := m.failures[other.says]
			most := 0
			for _, n := range met {
				most = max(most, n)
			}
			if len(met) < 1 || len(met) == 1 && most*2 > found[u.failing.who] {
				t.Errorf("seed %d: %s fails with %s %v times, and is not to be told from %s", seed, other.of.path, other.says, met, u.failing.says)
			}
		}
	}
}

// TestNeighboursDiffer compares people who sit next to each other: what one has
// found must not help the other.
func TestNeighboursDiffer(t *testing.T) {
	const people = 300
	same, pairs := map[string]int{}, 0
	for a := range uint64(people) {
		for b := range a {
			pairs++
			u, v := troubleOf(leastSeed+a, visitors), troubleOf(leastSeed+b, visitors)
			for question, equal := range map[string]bool{
				"slow": u.nameOf(u.slow.at) == v.nameOf(v.slow.at) && u.slow.trait == v.slow.trait && u.slow.value == v.slow.value,
				"failing": u.nameOf(u.failing.of.at) == v.nameOf(v.failing.of.at) && u.failing.of.path == v.failing.of.path &&
					u.nameOf(u.failing.who) == v.nameOf(v.failing.who),
				"repeated": u.nameOf(u.repeated.from.at) == v.nameOf(v.repeated.from.at) &&
					u.nameOf(u.repeated.to.at) == v.nameOf(v.repeated.to.at) && u.repeated.to.path == v.repeated.to.path,
			} {
				if equal {
					same[question]++
				}
			}
		}
	}
	for question, n := range same {
		if n*50 > pairs {
			t.Errorf("%s: %d of %d pairs have the same answer", question, n, pairs)
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

// wanted is one of the things that a visitor may want.
type wanted struct {
	trait int
	value string
}

// met is what the visitors of a seed meet.
type met struct {
	calls, slow, repeated int                      // of the slow service
	traits                map[wanted]*slowAndQuick // of the calls of the slow service
	failures              map[string]map[place]int // event -> caller -> how often
}

type slowAndQuick struct{ slow, quick int }

// meet follows all visitors.
func (t trouble) meet(all []visitor) met {
	m := met{traits: map[wanted]*slowAndQuick{}, failures: map[string]map[place]int{}}
	for _, v := range all {
		t.follow(operation{atUserService, v.path}, func(from, to operation) {
			if from == t.repeated.from && to == t.repeated.to {
				m.repeated++
			}
			for _, f := range append([]failure{t.failing}, t.others...) {
				if t.strikes(f, to, t.nameOf(from.at), strconv.Itoa(v.number)) {
					if m.failures[f.says] == nil {
						m.failures[f.says] = map[place]int{}
					}
					m.failures[f.says][from.at]++
					break
				}
			}
			if to.at != t.slow.at {
				return
			}
			m.calls++
			slow := t.work(to, v.wish) > 50*time.Millisecond
			if slow {
				m.slow++
			}
			for i, value := range v.wish {
				with := m.traits[wanted{i, value}]
				if with == nil {
					with = &slowAndQuick{}
					m.traits[wanted{i, value}] = with
				}
				if slow {
					with.slow++
				} else {
					with.quick++
				}
			}
		})
	}
	return m
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
			found := answers.Read(fstest.MapFS{"answers.yaml": {Data: []byte(answersTo(seed))}}, "answers.yaml")
			traffic := tracecheck.NewPlay(func(s *tracecheck.Stage) {
				s.Collector()
				s.Limit(time.Minute)
				s.Run("traffic", "-seed", fmt.Sprint(seed))
			})
			tracecheck.Run(t, step, []tracecheck.Check{
				{Name: "complaint", Must: "The complaint is found.", Play: traffic, Expect: found.Complaint},
				{Name: "slow", Must: "The slow service is found.", Play: traffic, Expect: found.Slow},
				{Name: "failing", Must: "The failing operation is found.", Play: traffic, Expect: found.Failing},
				{Name: "repeated", Must: "The repeated call is found.", Play: traffic, Expect: found.Repeated},
			})
		})
	}
}

// answersTo gives the right answers for a seed.
func answersTo(seed uint64) string {
	u := troubleOf(seed, visitors)
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
		u.nameOf(u.slow.at), traits[u.slow.trait].key, u.slow.value,
		u.nameOf(u.failing.of.at), u.failing.of.path, u.nameOf(u.failing.who), u.failing.says,
		u.nameOf(u.repeated.from.at), u.nameOf(u.repeated.to.at), u.repeated.to.path, u.repeated.times)
}
