package traces

import "slices"

// Graph is who calls whom, whatever for, in columns from left to right.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// Node is a service, or "" for whoever asks from outside.
type Node struct {
	Name   string `json:"name"`
	Column int    `json:"column"` // from 0
}

// Edge is all calls of one service by another, or by itself.
type Edge struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Calls  int    `json:"calls"`
	Errors int    `json:"errors"`
}

// GraphOf puts each service right of all that call it, as far as there is no
// circle: a call back into a path that leads to the caller does not count.
func GraphOf(calls []Call) Graph {
	g := Graph{Nodes: []Node{}, Edges: edgesOf(calls)}
	w := walk{edges: g.Edges, on: map[string]bool{}, done: map[string]bool{}, back: map[int]bool{}}
	called := map[string]bool{}
	for _, e := range g.Edges {
		called[e.To] = called[e.To] || e.From != e.To
	}
	for _, e := range g.Edges {
		if !called[e.From] {
			w.from(e.From)
		}
	}
	for _, e := range g.Edges { // circles into which nobody calls
		w.from(e.From)
	}
	columns := map[string]int{}
	for _, name := range slices.Backward(w.after) { // all that call a service are before it
		g.Nodes = append(g.Nodes, Node{name, columns[name]})
		for i, e := range g.Edges {
			if e.From == name && !w.back[i] {
				columns[e.To] = max(columns[e.To], columns[name]+1)
			}
		}
	}
	return g
}

// walk goes along the calls, in depth first.
type walk struct {
	edges []Edge
	on    map[string]bool // the way to where it is
	done  map[string]bool
	back  map[int]bool // the calls that lead back onto that way
	after []string     // services, each after all that it calls
}

func (w *walk) from(name string) {
	if w.done[name] {
		return
	}
	w.done[name], w.on[name] = true, true
	for i, e := range w.edges {
		switch {
		case e.From != name:
		case w.on[e.To]:
			w.back[i] = true
		default:
			w.from(e.To)
		}
	}
	w.on[name] = false
	w.after = append(w.after, name)
}

func edgesOf(calls []Call) []Edge {
	edges := []Edge{}
	for _, c := range calls {
		i := slices.IndexFunc(edges, func(e Edge) bool { return e.From == c.Caller && e.To == c.Service })
		if i < 0 {
			i, edges = len(edges), append(edges, Edge{From: c.Caller, To: c.Service})
		}
		edges[i].Calls += c.Calls
		edges[i].Errors += c.Errors
	}
	return edges
}
