package tracecheck

import (
	"errors"
	"slices"
	"sync"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// Play is something that is done to the learner's program. It takes place
// once, however many checks look at what it leaves behind, unless that does not
// tell (see [Stage.Pause]).
//
// It begins when [Run] does.
type Play struct {
	script   func(*Stage)
	mu       sync.Mutex // for stage: a signal is heeded at any time
	stage    *Stage
	evidence *Evidence
	err      error
	over     chan struct{}
}

// NewPlay makes a play of what a script does on a stage.
func NewPlay(script func(*Stage)) *Play { return &Play{script: script} }

// paces are those at which a play takes place, one after the other, until what
// it leaves behind tells. On a busy machine a program is often held up for as
// long as a pause is, and hardly ever for as long as the last ones.
var paces = []int{1, 3, 9}

// open lets the play take place in the background, with its files in folder.
func (p *Play) open(folder string) { p.openAt(folder, paces[0]) }

func (p *Play) openAt(folder string, pace int) {
	stage := &Stage{folder: folder, env: evidence.Environment(), limit: evidence.Patience, pace: pace}
	p.mu.Lock()
	p.stage = stage
	p.mu.Unlock()
	p.over = make(chan struct{})
	go func() {
		defer close(p.over)
		p.script(stage)
		stage.end()
		if stage.brokenOff() {
			p.evidence, p.err = nil, errBrokenOff
			return
		}
		p.evidence, p.err = stage.evidence()
	}()
}

// repeat lets the play take place again, at the next pace, and tells whether
// there is one.
func (p *Play) repeat() bool {
	next := slices.Index(paces, p.stage.pace) + 1
	if !p.stage.paced || next == len(paces) {
		return false
	}
	p.close()
	p.openAt(p.stage.folder, paces[next])
	return true
}

// errBrokenOff is of a play that was not played to its end.
var errBrokenOff = errors.New("stopped before the checks were through")

// await gives what the play left behind. One that was broken off by a signal left
// something else than its script says, of which nothing can be expected.
func (p *Play) await() (*Evidence, error) {
	<-p.over
	return p.evidence, p.err
}

// close ends the play early if it still goes on.
func (p *Play) close() {
	p.discard()
	<-p.over
	if p.stage.collector != nil {
		p.stage.collector.Close()
	}
}

// discard ends what is still running.
func (p *Play) discard() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage.discard()
}
