package main

import (
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

func TestProof(t *testing.T) {
	prove.NeedJaeger(t)
	prove.Step(t, "step05-jaeger")
}
