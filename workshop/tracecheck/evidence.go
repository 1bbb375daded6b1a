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
