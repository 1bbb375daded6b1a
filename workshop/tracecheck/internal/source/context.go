package source

import (
	"go/ast"
	"go/token"
	"slices"
)

// This file reads from the learner's source how contexts, requests and spans
// are handed on. It is asked where the spans look the same.

// RequestsWithoutContext gives the calls by which a request that is being
// answered makes another one without a context: http.NewRequest whose request is
// given none later, and the short forms http.Get, client.Get and the like. It
// gives none where requests are made with a context as well: which of them it
// was is not known then.
func (s *Program) RequestsWithoutContext() []Call {
	reached := s.reachedByRequests()
	elsewhere := func(c Call) bool { return !reached[c.In] }
	if len(slices.DeleteFunc(s.Calls("NewRequestWithContext"), elsewhere)) > 0 {
		return nil
	}
	bare := slices.DeleteFunc(s.Calls("http.NewRequest"), func(c Call) bool {
		given := s.Calls("WithContext", "Clone")
		return slices.ContainsFunc(given, func(g Call) bool { return g.In == c.In })
	})
	clients := append(s.httpClients(), "http", "DefaultClient")
	for _, c := range s.Calls("Get", "Head", "Post", "PostForm") {
		if slices.Contains(clients, c.owner) {
			bare = append(bare, c)
		}
	}
	return slices.DeleteFunc(bare, elsewhere)
}

// httpClients gives the names of the variables and fields that hold an
// http.Client.
func (s *Program) httpClients() []string {
	var names []string
	note := func(idents []*ast.Ident, t ast.Expr) {
		if !isHTTPClient(t) {
			return
		}
		for _, ident := range idents {
			names = append(names, ident.Name)
		}
	}
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				note(n.Names, n.Type)
			case *ast.ValueSpec:
				note(n.Names, n.Type)
				for i, value := range n.Values {
					note(n.Names[i:i+1], typeOf(value))
				}
			case *ast.AssignStmt:
				for i, value := range n.Rhs {
					if ident, ok := n.Lhs[i].(*ast.Ident); ok {
						note([]*ast.Ident{ident}, typeOf(value))
					}
				}
			}
			return true
		})
	}
	return names
}

// typeOf gives the type of a composite literal, or of the address of one.
func typeOf(value ast.Expr) ast.Expr {
	if address, ok := value.(*ast.UnaryExpr); ok && address.Op == token.AND {
		value = address.X
	}
	if literal, ok := value.(*ast.CompositeLit); ok {
		return literal.Type
	}
	return nil
}

func isHTTPClient(t ast.Expr) bool { return isType(t, "http", "Client") }

// isType tells whether t is the type pkg.name, or a pointer to it.
func isType(t ast.Expr, pkg, name string) bool {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	selector, ok := t.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	ident, ok := selector.X.(*ast.Ident)
	return ok && ident.Name == pkg
}

// EmptyContexts gives the calls of context.Background and context.TODO where
// the context of a request is to be had, in functions that answer or send one
// and in what these call, if that context comes to where a span is started or a
// request is made.
func (s *Program) EmptyContexts() []Call {
	reached, takers := s.reachedByRequests(), s.contextTakers()
	return slices.DeleteFunc(s.Calls("context.Background", "context.TODO"), func(c Call) bool {
		return !reached[c.In] || !comesTo(c, takers)
	})
}

// contextTakers gives the names of the functions that start a span or make a
// request, directly or not.
func (s *Program) contextTakers() []string {
	takers := []string{"Start", "NewRequestWithContext", "WithContext", "Clone"}
	for {
		before := len(takers)
		for _, c := range s.Calls(takers...) {
			if name := c.In.Name.Name; !slices.Contains(takers, name) {
				takers = append(takers, name)
			}
		}
		if len(takers) == before {
			return takers
		}
	}
}

// withSpan are the functions that put a span into a context: it is not empty
// any more.
var withSpan = []string{"ContextWithSpan", "ContextWithSpanContext", "ContextWithRemoteSpanContext"}

// comesTo tells whether the context that a call gives is an argument of one of
// these functions: as it is, wrapped in others, or by way of a variable.
func comesTo(c Call, takers []string) bool {
	carriers := map[string]bool{} // the variables that hold it
	handed := false
	look := func(at ast.Node, above []ast.Node) {
		for _, node := range slices.Backward(above) {
			part, _ := at.(ast.Expr) // of the node
			at = node
			switch node := node.(type) {
			case *ast.CallExpr:
				name := DescribeCall(node).Name
				if node.Fun == part || slices.Contains(withSpan, name) {
					return
				}
				if slices.Contains(takers, name) {
					handed = true
					return
				}
			case *ast.AssignStmt:
				if slices.Contains(node.Lhs, part) {
					return
				}
				if ident, ok := node.Lhs[0].(*ast.Ident); ok {
					carriers[ident.Name] = true
				}
				return
			case *ast.ValueSpec:
				carriers[node.Names[0].Name] = true
				return
			case *ast.BlockStmt:
				return
			}
		}
	}
	for before := -1; before != len(carriers) && !handed; {
		before = len(carriers)
		ast.PreorderStack(c.In.Body, nil, func(n ast.Node, above []ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if n.Pos() == c.pos {
					look(n, above)
				}
			case *ast.Ident:
				if carriers[n.Name] {
					look(n, above)
				}
			}
			return true
		})
	}
	return handed
}

// reachedByRequests gives the functions that have a request among their
// parameters, and those that they call by name, directly or not.
func (s *Program) reachedByRequests() map[*ast.FuncDecl]bool {
	byName := map[string][]*ast.FuncDecl{}
	var next []*ast.FuncDecl
	for _, file := range s.parsed {
		for _, decl := range file.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok && function.Body != nil {
				byName[function.Name.Name] = append(byName[function.Name.Name], function)
				if takesRequest(function) {
					next = append(next, function)
				}
			}
		}
	}
	reached := map[*ast.FuncDecl]bool{}
	for len(next) > 0 {
		function := next[0]
		next = next[1:]
		if reached[function] {
			continue
		}
		reached[function] = true
		ast.Inspect(function.Body, func(n ast.Node) bool {
			if expr, ok := n.(*ast.CallExpr); ok {
				next = append(next, byName[DescribeCall(expr).Name]...)
			}
			return true
		})
	}
	return reached
}

// takesRequest tells whether a function, or a function literal in it, has a
// parameter of type *http.Request.
func takesRequest(function *ast.FuncDecl) bool {
	takes := false
	ast.Inspect(function, func(n ast.Node) bool {
		if t, ok := n.(*ast.FuncType); ok {
			takes = takes || slices.ContainsFunc(t.Params.List, func(f *ast.Field) bool { return isType(f.Type, "http", "Request") })
		}
		return !takes
	})
	return takes
}

// Starts gives the calls that start a span of this name.
func (s *Program) Starts(name string) []Call {
	return slices.DeleteFunc(s.StartCalls(), func(c Call) bool {
		text, ok := c.Text(1)
		return !ok || text != name
	})
}

// DiscardsContext tells whether the context that the call gives is thrown away:
// _, span := tracer.Start(...).
func (s *Program) DiscardsContext(c Call) bool {
	discards := false
	ast.Inspect(c.In, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if ok && len(assign.Rhs) == 1 && assign.Rhs[0].Pos() == c.pos {
			first, isIdent := assign.Lhs[0].(*ast.Ident)
			discards = isIdent && first.Name == "_"
		}
		return true
	})
	return discards
}

// EndsByHand tells whether spans are ended in the function where a call stands,
// and none of them in a defer.
func (s *Program) EndsByHand(c Call) bool {
	ends := slices.DeleteFunc(s.Calls("End"), func(end Call) bool { return end.In != c.In })
	return len(ends) > 0 && !slices.ContainsFunc(ends, func(end Call) bool { return end.Deferred })
}

// AssignedInLoop gives the calls that start a span into a variable which was
// declared outside of the loop around them.
func (s *Program) AssignedInLoop() []Call {
	var found []Call
	for _, c := range s.StartCalls() {
		ast.PreorderStack(c.In.Body, nil, func(n ast.Node, above []ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if ok && assign.Tok == token.ASSIGN && assign.Rhs[0].Pos() == c.pos && inLoop(above) {
				found = append(found, c)
			}
			return true
		})
	}
	return found
}

// DeferredInLoop gives the ends of spans that are deferred in a loop, though
// not in a function literal in it.
func (s *Program) DeferredInLoop() []Call {
	var found []Call
	for _, c := range s.Calls("End") {
		ast.PreorderStack(c.In.Body, nil, func(n ast.Node, above []ast.Node) bool {
			deferral, ok := n.(*ast.DeferStmt)
			if ok && deferral.Pos() <= c.pos && c.pos < deferral.End() && inLoop(above) {
				found = append(found, c)
			}
			return true
		})
	}
	return found
}

// inLoop tells whether the innermost loop is nearer than the innermost function
// literal.
func inLoop(above []ast.Node) bool {
	for _, node := range slices.Backward(above) {
		switch node.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit:
			return false
		}
	}
	return false
}
