package tracecheck

import "example.com/tracing-workshop/workshop/tracecheck/internal/evidence"

// Evidence is what a play left behind.
type Evidence = evidence.Evidence

// Miss says how the evidence falls short of an expectation.
type Miss = evidence.Miss

// Process is one run of the learner's program.
type Process = evidence.Process

// Exchange is a request to the learner's services, and what came back.
type Exchange = evidence.Exchange

// Deployment is what is known of several Jaegers that work together. Package
// deployment puts it on the stage.
type Deployment = evidence.Deployment

// Part is one of the Jaegers of a deployment.
type Part = evidence.Part

// Gone is why a part of a deployment does not run any more that the play has not
// ended.
type Gone = evidence.Gone

// Sending is what a collector of a deployment was sent in one go.
type Sending = evidence.Sending

// Held is what a query process of a deployment showed at one moment.
type Held = evidence.Held

// Measured is what a deployment made of spans: numbers.
type Measured = evidence.Measured

// Endless is the end of the last bucket of a histogram of durations.
const Endless = evidence.Endless

// Fate is a trace that went through a deployment, and what became of it.
type Fate = evidence.Fate

// Policy is one of the policies by which a collector keeps a trace or not.
type Policy = evidence.Policy

// The classes of traces about which policies decide.
const (
	Failures = evidence.Failures
	SlowOnes = evidence.SlowOnes
	Others   = evidence.Others
)

// The share of others that is to be kept, in percent.
const (
	LeastShare = evidence.LeastShare
	MostShare  = evidence.MostShare
)

// The ways in which a deployment can fall short.
const (
	Refused    = evidence.Refused
	Lost       = evidence.Lost
	Elsewhere  = evidence.Elsewhere
	Doubled    = evidence.Doubled
	Unkept     = evidence.Unkept
	Kept       = evidence.Kept
	Torn       = evidence.Torn
	Miscounted = evidence.Miscounted
	Surplus    = evidence.Surplus
)
