package spans

import "slices"

// tree is the spans of a trace with the links between them. Every span is
// reached from exactly one root, whatever parent ids the spans claim to have.
type tree struct {
	spans    []Span         // by start; all below are indices into it
	first    map[string]int // the first span of an id
	parent   []int          // none for a root
	children [][]int        // by start
	roots    []int          // by start
}

const none = -1

func (t Trace) tree() tree {
	tree := tree{
		spans:    slices.SortedStableFunc(slices.Values(t.Spans), byStart),
		first:    make(map[string]int),
		parent:   make([]int, len(t.Spans)),
		children: make([][]int, len(t.Spans)),
	}
	for i, s := range tree.spans {
		if _, ok := tree.first[s.SpanID]; !ok {
			tree.first[s.SpanID] = i
		}
	}
	for i, s := range tree.spans {
		tree.parent[i] = tree.claimedParent(s)
	}
	tree.cutCircles()
	for i, p := range tree.parent {
		if p == none {
			tree.roots = append(tree.roots, i)
			continue
		}
		tree.children[p] = append(tree.children[p], i)
	}
	return tree
}

func (t tree) claimedParent(s Span) int {
	if s.ParentID == "" {
		return none
	}
	p, ok := t.first[s.ParentID]
	if !ok {
		return none
	}
	return p
}

// cutCircles makes the earliest span of every circle of parents a root.
func (t tree) cutCircles() {
	visit := make([]int, len(t.parent)) // the round that came by, counted from 1
	for i := range t.parent {
		round := i + 1
		j := i
		for j != none && visit[j] == 0 {
			visit[j] = round
			j = t.parent[j]
		}
		if j != none && visit[j] == round {
			t.parent[t.earliestInCircle(j)] = none
		}
	}
}

func (t tree) earliestInCircle(member int) int {
	earliest := member
	for i := t.parent[member]; i != member; i = t.parent[i] {
		earliest = min(earliest, i)
	}
	return earliest
}

// preorder gives every span after its parent and before its later siblings.
func (t tree) preorder() []int {
	order := make([]int, 0, len(t.spans))
	stack := reversed(t.roots)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		order = append(order, i)
		stack = append(stack, reversed(t.children[i])...)
	}
	return order
}

func reversed(in []int) []int {
	out := slices.Clone(in)
	slices.Reverse(out)
	return out
}

func (t tree) pick(indices []int) []Span {
	var picked []Span
	for _, i := range indices {
		picked = append(picked, t.spans[i])
	}
	return picked
}
