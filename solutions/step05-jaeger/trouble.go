package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/user"
	"slices"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// trouble is what is wrong with the constellation. A seed decides all of it,
// and who stands where. So nothing here is an answer: the traces have them.
type trouble struct {
	seed      uint64
	names     [places]string
	usual     wish // what most visitors want
	slow      slowness
	failing   failure
	others    []failure // of everybody: they hide the one that is looked for
	repeated  repetition
	complains int // which of the visitors does
}

// slowness is of one service, for those who wish for something.
type slowness struct {
	at    place
	trait int // in traits
	value string
}

// failure is of one operation: some of its calls fail.
type failure struct {
	of      operation
	who     place // whose calls; everybody means those of all
	says    string
	percent int
}

const everybody place = -1

// repetition is a call that is made too many times.
type repetition struct {
	from, to operation
	times    int
}

var reasons = []string{
	"certificate-expired", "connection-pool-empty", "disk-full", "lock-timeout",
	"quota-exceeded", "schema-outdated", "session-unknown", "tariff-missing",
}

// People get a seed of four digits. The lesson shows the answers to one that is
// shorter, so nobody is given the seed of the examples.
const (
	leastSeed = 1000
	seeds     = 9000 // how many there are, from leastSeed on
)

// defaultSeed is another one for most people.
func defaultSeed() uint64 {
	name := ""
	if who, err := user.Current(); err == nil {
		name = who.Username
	}
	host, _ := os.Hostname()
	return seedOf(name, host)
}

// seedOf is the seed of somebody on a machine.
func seedOf(name, host string) uint64 {
	hash := fnv.New64a()
	fmt.Fprint(hash, name, "@", host)
	return leastSeed + hash.Sum64()%seeds
}

// troubleOf draws the trouble of a seed.
func troubleOf(seed uint64, visitors int) trouble {
	random := rand.New(rand.NewPCG(seed, 5))
	t := trouble{seed: seed, complains: random.IntN(visitors)}
	t.names[atUserService], t.names[atJokeService] = userServiceName, jokeServiceName
	for at, i := range random.Perm(len(stations))[:atUserService] {
		t.names[at] = stations[i]
	}
	t.slow = slowness{at: place(random.IntN(int(atUserService))), trait: random.IntN(len(traits))}
	t.slow.value = pick(random, traits[t.slow.trait].values)
	for i, trait := range traits {
		t.usual[i] = pick(random, trait.values)
	}
	t.drawFailures(random)
	t.repeated = drawRepetition(random, t)
	return t
}

// drawWish draws what a visitor wants. Most want the usual, so what some slow
// requests have in common need not be the reason: the quick ones may have it,
// too. The reason itself is not usual.
func (t trouble) drawWish(random *rand.Rand) wish {
	w := t.usual
	for i, trait := range traits {
		if i == t.slow.trait || random.IntN(100) < 20 {
			w[i] = pick(random, trait.values)
		}
	}
	return w
}

// drawFailures draws the failure to look for, which is of one operation and of
// one of those who ask it, and two that hide it: another one of the same
// operation, and one of another operation. From everybody's calls these two take
// the same share, so only a comparison tells the three apart.
func (t *trouble) drawFailures(random *rand.Rand) {
	asked := shared()
	random.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	says := slices.Clone(reasons)
	random.Shuffle(len(says), func(i, j int) { says[i], says[j] = says[j], says[i] })

	t.failing = failure{of: asked[0], who: pick(random, askers(asked[0])), says: says[0], percent: 50}
	t.others = []failure{
		{of: asked[0], who: everybody, says: says[1], percent: 25},
		{of: asked[1], who: everybody, says: says[2], percent: 10},
	}
}

// shared gives the operations that ask nobody, and that several services ask.
func shared() []operation {
	var all []operation
	for _, call := range calls {
		if asksNobody(call.from) && len(askers(call.from)) > 1 {
			all = append(all, call.from)
		}
	}
	return all
}

// askers gives who asks for an operation.
func askers(o operation) []place {
	var all []place
	for _, call := range calls {
		if slices.Contains(call.to, o) && !slices.Contains(all, call.from.at) {
			all = append(all, call.from.at)
		}
	}
	return all
}

// drawRepetition picks a call to a station that keeps out of the way of the other
// trouble.
func drawRepetition(random *rand.Rand, t trouble) repetition {
	var candidates []repetition
	for _, call := range calls {
		for _, to := range call.to {
			failing := to == t.failing.of || to == t.others[1].of
			if to.at < atUserService && asksNobody(to) && !failing && to.at != t.slow.at {
				candidates = append(candidates, repetition{from: call.from, to: to})
			}
		}
	}
	r := pick(random, candidates)
	r.times = 4 + random.IntN(6)
	return r
}

func asksNobody(o operation) bool {
	for _, call := range calls {
		if call.from == o {
			return len(call.to) == 0
		}
	}
	return false
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

func (t trouble) nameOf(at place) string { return t.names[at] }

// work is how long an operation works by itself.
func (t trouble) work(o operation, visitor wish) time.Duration {
	d := time.Millisecond + rand.N(2*time.Millisecond)
	if o.at == t.slow.at && visitor[t.slow.trait] == t.slow.value {
		d += 100*time.Millisecond + rand.N(50*time.Millisecond)
	}
	return d
}

// times is how many times an operation makes a call.
func (t trouble) times(from, to operation) int {
	if t.repeated.from == from && t.repeated.to == to {
		return t.repeated.times
	}
	return 1
}

// strike lets an operation fail, if it is one that does, for that visitor and
// when asked by that service.
func (t trouble) strike(span trace.Span, o operation, who, visitor string) error {
	for _, f := range append([]failure{t.failing}, t.others...) {
		if !t.strikes(f, o, who, visitor) {
			continue
		}
		span.AddEvent(f.says)
		span.SetStatus(codes.Error, "")
		return errors.New("this did not work")
	}
	return nil
}

// strikes tells whether a call fails. Chance decides, and the same way each
// time that the traffic of a seed runs.
func (t trouble) strikes(f failure, o operation, who, visitor string) bool {
	if o != f.of || f.who != everybody && who != t.nameOf(f.who) {
		return false
	}
	call := fnv.New64a()
	fmt.Fprintln(call, visitor, who, f.says)
	return rand.New(rand.NewPCG(t.seed, call.Sum64())).IntN(100) < f.percent
}
