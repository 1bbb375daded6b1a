package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// comesByItself are the functions that give a channel on which something comes
// without another goroutine of the program: time, a signal, the end of a
// context.
var comesByItself = []string{"After", "Tick", "NewTimer", "NewTicker", "Done"}

// WaitsForTime tells whether the line at a place, as " at journey.go:31",
// receives from such a channel.
func (s *Program) WaitsForTime(place string) bool {
	if s == nil {
		return false
	}
	found := false
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			var channel ast.Expr
			switch n := n.(type) {
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					channel = n.X
				}
			case *ast.RangeStmt:
				channel = n.X
			}
			if channel != nil && s.line(n.Pos()) == place {
				found = found || s.isTime(file, channel)
			}
			return !found
		})
	}
	return found
}

func (s *Program) line(pos token.Pos) string {
	p := s.files.Position(pos)
	return fmt.Sprintf(" at %s:%d", p.Filename, p.Line)
}

// isTime tells whether an expression is a channel on which something comes by
// itself, or a variable that is given one somewhere in the file.
func (s *Program) isTime(file *ast.File, channel ast.Expr) bool {
	switch channel := channel.(type) {
	case *ast.CallExpr:
		return slices.Contains(comesByItself, DescribeCall(channel).Name)
	case *ast.SelectorExpr:
		return channel.Sel.Name == "C"
	case *ast.Ident:
		return s.givenTime(file, channel.Name)
	}
	return false
}

func (s *Program) givenTime(file *ast.File, name string) bool {
	isIt := func(e ast.Expr) bool {
		ident, ok := e.(*ast.Ident)
		return ok && ident.Name == name
	}
	given := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			i := slices.IndexFunc(n.Lhs, isIt)
			if i >= 0 && i < len(n.Rhs) && !isIt(n.Rhs[i]) {
				given = given || s.isTime(&ast.File{}, n.Rhs[i])
			}
		case *ast.CallExpr:
			if c := DescribeCall(n); c.owner == "signal" && c.Name == "Notify" || c.owner == "time" && c.Name == "AfterFunc" {
				given = given || slices.ContainsFunc(c.Args, isIt)
			}
		}
		return !given
	})
	return given
}
