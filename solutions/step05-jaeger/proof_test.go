package main

import (
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

func TestMain(m *testing.M) { prove.WithJaeger(m) }

func TestProof(t *testing.T) { prove.Step(t, "step05-jaeger") }
