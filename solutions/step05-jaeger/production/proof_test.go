package production

import (
	"testing"

	"example.com/tracing-workshop/solutions/prove"
)

func TestProof(t *testing.T) {
	prove.NeedJaeger(t)
	prove.Sections(t, "step05-jaeger/production")
}
