package spans

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/tracing-workshop/workshop/internal/text"
)

// choose says which spans to draw when only limit of them may be. A span that
// is drawn has all its ancestors drawn. The span with the id keep comes first,
// whatever the limit is, then failed spans; then those that are near the root,
// and first or last among their siblings.
func (t tree) choose(limit int, keep string) []bool {
	chosen := make([]bool, len(t.spans))
	if kept, ok := t.first[keep]; ok {
		for _, i := range t.unchosenBranch(kept, chosen, len(t.spans)) {
			chosen[i] = true
			limit--
		}
	}
	order := t.preorder()
	rank := t.ranks(order)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(btoi(t.spans[b].failed()), btoi(t.spans[a].failed())),
			cmp.Compare(rank[a], rank[b]),
		)
	})
	for _, i := range order {
		branch := t.unchosenBranch(i, chosen, limit)
		if len(branch) > max(0, limit) {
			continue
		}
		limit -= len(branch)
		for _, j := range branch {
			chosen[j] = true
		}
	}
	return chosen
}

// unchosenBranch gives i and its ancestors that are not chosen yet, but stops
// when there are more than limit.
func (t tree) unchosenBranch(i int, chosen []bool, limit int) []int {
	var branch []int
	for ; i != none && !chosen[i] && len(branch) <= limit; i = t.parent[i] {
		branch = append(branch, i)
	}
	return branch
}

// ranks gives each span the rank of its parent plus its distance from the
// nearer end of its siblings.
func (t tree) ranks(preorder []int) []int {
	rank := make([]int, len(t.spans))
	t.rankSiblings(rank, t.roots, 0)
	for _, i := range preorder {
		t.rankSiblings(rank, t.children[i], rank[i]+1)
	}
	return rank
}

func (t tree) rankSiblings(rank, siblings []int, base int) {
	for n, i := range siblings {
		rank[i] = base + min(n, len(siblings)-1-n)
	}
}

// tally counts spans.
type tally struct{ spans, failed int }

// subtrees counts for each span what it and its descendants are.
func (t tree) subtrees() []tally {
	counts := make([]tally, len(t.spans))
	for _, i := range reversed(t.preorder()) {
		counts[i].spans++
		counts[i].failed += btoi(t.spans[i].failed())
		if p := t.parent[i]; p != none {
			counts[p] = counts[p].plus(counts[i])
		}
	}
	return counts
}

func (c tally) plus(d tally) tally { return tally{c.spans + d.spans, c.failed + d.failed} }

func (c tally) String() string {
	count := "… " + text.Plural(c.spans, "more span")
	if c.failed > 0 {
		count += fmt.Sprintf(", %s with an error", text.Grouped(c.failed))
	}
	return count
}

// branch is a span to draw, or what is left out in one place.
type branch struct {
	span    int // none where spans are left out
	leftOut tally
}

// branches gives the siblings to draw, with one entry for each run of siblings
// that are left out together with their descendants.
func branches(siblings []int, chosen []bool, subtrees []tally) []branch {
	var out []branch
	for _, i := range siblings {
		if chosen[i] {
			out = append(out, branch{span: i})
			continue
		}
		if len(out) == 0 || out[len(out)-1].span != none {
			out = append(out, branch{span: none})
		}
		last := &out[len(out)-1]
		last.leftOut = last.leftOut.plus(subtrees[i])
	}
	return out
}

func (s Span) failed() bool { return s.Status.Code == StatusError }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
