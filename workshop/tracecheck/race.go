//go:build race

package tracecheck

// raceDetector tells whether the learner's program, which is this very binary,
// watches for data races: after go test -race.
const raceDetector = true
