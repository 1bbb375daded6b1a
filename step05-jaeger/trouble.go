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
	names     [places]string
	slow      slowness
	failing   failure
	repeated  repetition
	complains int // which of the visitors does
}

// slowness is of one service, for those who wish for something.
type slowness struct {
	at   place
	wish wish // only one of its fields is set
}

// failure is of one operation, for one of those who ask it.
type failure struct {
	of   operation
	who  place
	says string
}

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
	t := trouble{complains: random.IntN(visitors)}
	t.names[atUserService], t.names[atJokeService] = userServiceName, jokeServiceName
	for at, i := range random.Perm(len(stations)) {
		t.names[at] = stations[i]
	}
	t.slow = drawSlowness(random)
	t.failing = drawFailure(random)
	t.repeated = drawRepetition(random, t)
	return t
}

func drawSlowness(random *rand.Rand) slowness {
	s := slowness{at: place(random.IntN(len(stations)))}
	switch random.IntN(3) {
	case 0:
		s.wish.train = pick(random, trains)
	case 1:
		s.wish.class = pick(random, classes)
	default:
		s.wish.luggage = pick(random, luggages)
	}
	return s
}

// drawFailure picks an operation that more than one service asks, and one of
// those.
func drawFailure(random *rand.Rand) failure {
	var candidates []failure
	for _, asked := range calls {
		var askers []place
		for _, call := range calls {
			if slices.Contains(call.to, asked.from) && !slices.Contains(askers, call.from.at) {
				askers = append(askers, call.from.at)
			}
		}
		for _, who := range askers {
			if len(askers) > 1 {
				candidates = append(candidates, failure{of: asked.from, who: who})
			}
		}
	}
	f := pick(random, candidates)
	f.says = pick(random, reasons)
	return f
}

// drawRepetition picks a call that keeps out of the way of the other trouble.
func drawRepetition(random *rand.Rand, t trouble) repetition {
	var candidates []repetition
	for _, call := range calls {
		for _, to := range call.to {
			if asksNobody(to) && to != t.failing.of && to.at != t.slow.at {
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
	s := t.slow.wish
	if o.at == t.slow.at && (s.train == visitor.train || s.class == visitor.class || s.luggage == visitor.luggage) {
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

// strike lets an operation fail, if it is the one, and asked by that one.
func (t trouble) strike(span trace.Span, o operation, who string) error {
	if o != t.failing.of || who != t.nameOf(t.failing.who) {
		return nil
	}
	span.AddEvent(t.failing.says)
	span.SetStatus(codes.Error, "")
	return errors.New("this did not work")
}
