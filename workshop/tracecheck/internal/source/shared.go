package source

import (
	"go/ast"
	"go/token"
	"slices"
)

// StartsForAll gives the calls that start a span and assign what they give, the
// span or its context, to a variable of the package or a field of the receiver:
// there the requests share it.
func (s *Program) StartsForAll() []Call {
	packageNames := s.packageVariables()
	var found []Call
	for _, c := range s.StartCalls() {
		shared := func(target ast.Expr) bool {
			switch target := target.(type) {
			case *ast.Ident:
				return slices.Contains(packageNames, target.Name)
			case *ast.SelectorExpr:
				owner, isName := target.X.(*ast.Ident)
				return isName && owner.Name == receiverName(c.In)
			}
			return false
		}
		ast.Inspect(c.In.Body, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if ok && assign.Tok == token.ASSIGN && assign.Rhs[0].Pos() == c.pos && slices.ContainsFunc(assign.Lhs, shared) {
				found = append(found, c)
			}
			return true
		})
	}
	return found
}

// packageVariables gives the names of the variables that are declared outside
// of functions.
func (s *Program) packageVariables() []string {
	var names []string
	for _, file := range s.parsed {
		for _, decl := range file.Decls {
			variables, ok := decl.(*ast.GenDecl)
			if !ok || variables.Tok != token.VAR {
				continue
			}
			for _, spec := range variables.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if name.Name != "_" {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// receiverName gives the name that a method has for its receiver, or "".
func receiverName(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 || len(function.Recv.List[0].Names) == 0 {
		return ""
	}
	return function.Recv.List[0].Names[0].Name
}
