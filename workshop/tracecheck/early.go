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
	l := f.lifeInQuestion()
	if l == nil || l.byHTTP() || !f.isWritten() {
		return "", ""
	}
	uses := f.source.calls(f.additions()...)
	for _, frame := range l.end.Stack {
		place := filepath.Base(frame)
		for _, use := range uses {
			if !use.deferred && (f.source.leadsTo(place, use) || f.source.endsWithin(place, l, use)) {
				return place, use.name + " at " + f.source.at(use)
			}
		}
	}
	// What is deferred first comes last.
	for _, e := range f.source.calls("End") {
		if !e.deferred || e.receiver == "" || !f.source.within(l.end.Stack, e.in) {
			continue
		}
		for _, c := range callsIn(e.in, nil) {
			if c.deferral == nil || e.deferral.Pos() <= c.deferral.Pos() || !f.source.adds(c, e.receiver, f.additions()) {
				continue
			}
			return f.source.at(e), c.name + " at " + f.source.at(c) + ", which is deferred as well, and earlier,"
		}
	}
	return "", ""
}

// isWritten tells whether what is missing on the span stands in the source at
// all.
func (f *finding) isWritten() bool {
	switch f.What {
	case NoAttribute:
		return f.Name == "" && len(f.source.named(f.Key)) > 0
	case NoEvent:
		return len(f.source.named(f.Name)) > 0
	}
	return true
}

// additions are the methods that add what is missing.
func (f *finding) additions() []string {
	switch f.What {
	case NoAttribute:
		return []string{"SetAttributes"}
	case NoEvent:
		return []string{"AddEvent"}
	case NoException:
		return []string{"RecordError"}
	case NoStatus, WrongStatus:
		return []string{"SetStatus"}
	}
	return []string{"SetAttributes", "AddEvent", "RecordError", "SetStatus"}
}

// adds tells whether a call adds to the span in that variable with one of the
// methods: it is a call of one, or of a function which is given the span, and
// which calls one.
func (s *source) adds(c call, span string, methods []string) bool {
	if c.receiver == span {
		return slices.Contains(methods, c.name)
	}
	i := slices.IndexFunc(c.args, func(arg ast.Expr) bool {
		ident, ok := arg.(*ast.Ident)
		return ok && ident.Name == span
	})
	return i >= 0 && slices.ContainsFunc(s.calls(methods...), func(use call) bool {
		return use.in.Name.Name == c.name && use.receiver != "" && use.receiver == parameter(use.in, i)
	})
}

// parameter gives the name of the i-th parameter of a function, or "".
func parameter(function *ast.FuncDecl, i int) string {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	if i >= len(names) {
		return ""
	}
	return names[i]
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

// endsWithin tells whether the span ended within a call at a place that is not
// deferred, and another call further on in its block is of the variable in which
// that function has kept the span since it started.
func (s *source) endsWithin(place string, l *life, later call) bool {
	all := callsIn(later.in, nil)
	standsAt := func(c call, place string) bool {
		file, line := splitPlace(place)
		at := s.files.Position(c.pos)
		return at.Filename == file && at.Line == line
	}
	i := slices.IndexFunc(all, func(c call) bool {
		return standsAt(c, place) && !c.deferred && c.block != nil && c.encloses(later) && !standsAt(later, place)
	})
	return i >= 0 && later.receiver != "" && slices.ContainsFunc(l.start.Stack, func(frame string) bool {
		return slices.ContainsFunc(all, func(c call) bool {
			return c.pos < all[i].pos && standsAt(c, frame) && c.gives(later.receiver)
		})
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

// lifeInQuestion gives what the SDK counted of the span in question, which has
// ended, or nil.
func (f *finding) lifeInQuestion() *life {
	if f.Span == nil {
		return nil
	}
	if l := f.lifeOf(f.Span.SpanID); l != nil && l.end != nil {
		return l
	}
	return nil
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
