package source

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Adds tells whether a call adds to the span in that variable with one of the
// methods: it is a call of one, or of a function which is given the span, and
// which calls one.
func (s *Program) Adds(c Call, span string, methods []string) bool {
	if c.Receiver == span {
		return slices.Contains(methods, c.Name)
	}
	i := slices.IndexFunc(c.Args, func(arg ast.Expr) bool {
		ident, ok := arg.(*ast.Ident)
		return ok && ident.Name == span
	})
	return i >= 0 && slices.ContainsFunc(s.Calls(methods...), func(use Call) bool {
		return use.In.Name.Name == c.Name && use.Receiver != "" && use.Receiver == parameter(use.In, i)
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

// Within tells whether one of the places of a stack is in a function.
func (s *Program) Within(places []string, function *ast.FuncDecl) bool {
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

// LeadsTo tells whether a call that is not deferred stands at a place, and
// another one further on in its block is of the same span: the call ends it, or
// gives it.
func (s *Program) LeadsTo(place string, later Call) bool {
	file, line := splitPlace(place)
	return slices.ContainsFunc(CallsIn(later.In, nil), func(c Call) bool {
		at := s.files.Position(c.pos)
		if at.Filename != file || at.Line != line || c.Deferred || c.block == nil || !c.encloses(later) || s.files.Position(later.pos).Line == line {
			return false
		}
		if c.Name == "End" {
			return c.Receiver == later.Receiver
		}
		return later.Receiver != "" && c.gives(later.Receiver)
	})
}

// EndsWithin tells whether the span ended within a call at a place that is not
// deferred, and another call further on in its block is of the variable in which
// that function has kept the span since it was started there.
func (s *Program) EndsWithin(place string, started []string, later Call) bool {
	all := CallsIn(later.In, nil)
	standsAt := func(c Call, place string) bool {
		file, line := splitPlace(place)
		at := s.files.Position(c.pos)
		return at.Filename == file && at.Line == line
	}
	i := slices.IndexFunc(all, func(c Call) bool {
		return standsAt(c, place) && !c.Deferred && c.block != nil && c.encloses(later) && !standsAt(later, place)
	})
	return i >= 0 && later.Receiver != "" && slices.ContainsFunc(started, func(frame string) bool {
		return slices.ContainsFunc(all, func(c Call) bool {
			return c.pos < all[i].pos && standsAt(c, frame) && c.gives(later.Receiver)
		})
	})
}

// gives tells whether what the call gives is assigned to a variable of that name.
func (c Call) gives(name string) bool {
	found := false
	ast.Inspect(c.In, func(n ast.Node) bool {
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
