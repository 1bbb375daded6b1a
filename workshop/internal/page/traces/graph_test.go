package traces

import (
	"fmt"
	"strings"
	"testing"
)

func TestGraph(t *testing.T) {
	for _, test := range []struct{ calls, want string }{
		{"", ""},
		{" a", " 0, a 1"},
		{" a,a b,a c,b c", " 0, a 1, b 2, c 3"},
		{" a,a a", " 0, a 1"},
		{" a,a b,b a", " 0, a 1, b 2"},
		{"a b,b a", "a 0, b 1"},
		{" a, a,a b,b d,a d,x d", "x 0,  0, a 1, b 2, d 3"},
	} {
		var calls []Call
		for _, pair := range strings.FieldsFunc(test.calls, func(r rune) bool { return r == ',' }) {
			from, to, _ := strings.Cut(pair, " ")
			calls = append(calls, Call{Caller: from, Service: to, Calls: 2, Errors: 1})
		}
		var got []string
		g := GraphOf(calls)
		for _, n := range g.Nodes {
			got = append(got, fmt.Sprintf("%s %d", n.Name, n.Column))
		}
		if nodes := strings.Join(got, ", "); nodes != test.want {
			t.Errorf("%q gives %q, want %q", test.calls, nodes, test.want)
		}
		sum := 0
		for _, e := range g.Edges {
			sum += e.Calls + e.Errors
		}
		if sum != 3*len(calls) {
			t.Errorf("%q gives %+v, in which something is lost", test.calls, g.Edges)
		}
	}
}
