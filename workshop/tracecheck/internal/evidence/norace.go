//go:build !race

package evidence

// raceDetector tells whether the learner's program, which is this very binary,
// watches for data races: after go test -race.
const raceDetector = false
