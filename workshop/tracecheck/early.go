package tracecheck

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// endedTooEarly finds that the span in question had ended before a line that
// adds to it came. It gives both places. Where it ended is a fact; what comes
// after that in the same block is in the source.
func (f *finding) endedTooEarly() (end, later string) {
	if f.Span == nil {
		return "", ""
	}
	l := f.lifeOf(f.Span.SpanID)
	if l == nil || l.end == nil {
		return "", ""
	}
	if l.byHTTP() {
		if !l.end.Own {
			return "", ""
		}
		return l.end.Stack.inside(), "what otelhttp adds when the request is answered"
	}
	uses := f.source.calls("SetAttributes", "AddEvent", "RecordError", "SetStatus")
	for _, frame := range l.end.Stack {
		place := filepath.Base(frame)
		for _, use := range uses {
			if !use.deferred && f.source.leadsTo(place, use) {
				return place, use.name + " at " + f.source.at(use)
			}
		}
	}
	// What is deferred first comes last.
	for _, use := range uses {
		for _, e := range f.source.calls("End") {
			if use.deferred && e.deferred && use.in == e.in && use.pos < e.pos && use.receiver == e.receiver && f.source.within(l.end.Stack, e.in) {
				return f.source.at(e), use.name + " at " + f.source.at(use) + ", which is deferred as well, and earlier,"
			}
		}
	}
	return "", ""
}

// within tells whether one of the places of a stack is in a function.
func (s *source) within(places stack, function *ast.FuncDecl) bool {
	from, to := s.files.Position(function.Pos()), s.files.Position(function.End())
	return slices.ContainsFunc(places, func(frame string) bool {
		file, line := splitPlace(frame)
		return file == from.Filename && from.Line <= line && line <= to.Line
	})
}

// splitPlace takes a place apart, and leaves the folder out.
func splitPlace(place string) (file string, line int) {
	file, number, _ := strings.Cut(filepath.Base(place), ":")
	line, _ = strconv.Atoi(number)
	return file, line
}

// leadsTo tells whether a call that is not deferred stands at a place, and
// another one further on in its block is of the same span: the call ends it, or
// gives it.
func (s *source) leadsTo(place string, later call) bool {
	file, line := splitPlace(place)
	return slices.ContainsFunc(callsIn(later.in, nil), func(c call) bool {
		at := s.files.Position(c.pos)
		if at.Filename != file || at.Line != line || c.deferred || c.block == nil || !c.encloses(later) || s.files.Position(later.pos).Line == line {
			return false
		}
		if c.name == "End" {
			return c.receiver == later.receiver
		}
		return later.receiver != "" && c.gives(later.receiver)
	})
}

// gives tells whether what the call gives is assigned to a variable of that name.
func (c call) gives(name string) bool {
	found := false
	ast.Inspect(c.in, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if ok && len(assign.Rhs) == 1 && assign.Rhs[0].Pos() == c.pos {
			found = slices.ContainsFunc(assign.Lhs, func(left ast.Expr) bool {
				ident, ok := left.(*ast.Ident)
				return ok && ident.Name == name
			})
		}
		return !found
	})
	return found
}

// lifeOf gives what the SDK counted of a span, or nil.
func (f *finding) lifeOf(id string) *life {
	for _, p := range f.evidence.Processes {
		for _, l := range p.lives() {
			if l.start.ID == id {
				return &l
			}
		}
	}
	return nil
}
