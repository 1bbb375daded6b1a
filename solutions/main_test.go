// Package solutions holds the solutions of the steps. Each of them is proved in
// its own folder; here is what concerns all of them, and what they cost.
package solutions

import (
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

func TestMain(m *testing.M) { prove.WithJaeger(m) }
