package source

import (
	"go/ast"
	"slices"
	"strings"
)

// IsFixed tells whether the i-th argument is a text that stands in the source.
func (s *Program) IsFixed(c Call, i int) bool {
	return slices.ContainsFunc(s.given(c, i), func(value ast.Expr) bool {
		if made, isCall := value.(*ast.CallExpr); isCall && DescribeCall(made).Name == "String" && len(made.Args) == 3 { // flag.String
			value = made.Args[1]
		}
		_, isLiteral := value.(*ast.BasicLit)
		return isLiteral
	})
}

// IsGetenv tells whether the i-th argument is an environment variable as it is.
func (s *Program) IsGetenv(c Call, i int) bool {
	return slices.ContainsFunc(s.given(c, i), func(value ast.Expr) bool {
		inner, isCall := value.(*ast.CallExpr)
		return isCall && slices.Contains([]string{"Getenv", "LookupEnv"}, DescribeCall(inner).Name)
	})
}

// given gives what the i-th argument can be: itself, or, where it is a name, all
// that the source gives to that name.
func (s *Program) given(c Call, i int) []ast.Expr {
	if i >= len(c.Args) {
		return nil
	}
	argument := c.Args[i]
	if star, isStar := argument.(*ast.StarExpr); isStar {
		argument = star.X
	}
	name, isName := argument.(*ast.Ident)
	if !isName {
		return c.Args[i : i+1]
	}
	var values []ast.Expr
	give := func(left, right []ast.Expr) {
		for j, l := range left {
			if ident, ok := l.(*ast.Ident); ok && ident.Name == name.Name && len(right) > 0 {
				values = append(values, right[min(j, len(right)-1)])
			}
		}
	}
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for j, ident := range n.Names {
					give([]ast.Expr{ident}, n.Values[min(j, len(n.Values)):])
				}
			case *ast.AssignStmt:
				give(n.Lhs, n.Rhs)
			case *ast.CallExpr: // flag.StringVar(&name, "flag", default, usage)
				if len(n.Args) != 4 {
					break
				}
				if address, isAddress := n.Args[0].(*ast.UnaryExpr); isAddress {
					give([]ast.Expr{address.X}, n.Args[2:3])
				}
			}
			return true
		})
	}
	return values
}

// ExporterCalls gives the calls that make an exporter.
func (s *Program) ExporterCalls() []Call {
	var names []string
	for _, path := range s.Imports("go.opentelemetry.io/otel/exporters/") {
		names = append(names, s.importName(path)+".New")
	}
	return s.Calls(names...)
}

// StartCalls gives the calls that start a span. They have two arguments at
// least, unlike the Start of a timer or a command.
func (s *Program) StartCalls() []Call {
	return slices.DeleteFunc(s.Calls("Start"), func(c Call) bool { return len(c.Args) < 2 })
}

// Exits gives the calls that end the process on the spot, but for those with
// which main ends.
func (s *Program) Exits() []Call {
	return slices.DeleteFunc(s.Calls("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"), func(c Call) bool {
		return s.isOfMain(c.In) && !s.inGoroutine(c)
	})
}

// isOfMain tells whether a function is main, or one that only main calls, and not
// as a goroutine.
func (s *Program) isOfMain(function *ast.FuncDecl) bool {
	if function.Name.Name == "main" && function.Recv == nil {
		return true
	}
	callers := s.Calls(function.Name.Name)
	return len(callers) > 0 && !slices.ContainsFunc(callers, func(c Call) bool {
		return c.In.Name.Name != "main" || c.In.Recv != nil || s.inGoroutine(c)
	}) && s.leaves(function)
}

// leaves tells whether a function ends the process as its last statement,
// whatever happens in it.
func (s *Program) leaves(function *ast.FuncDecl) bool {
	if n := len(function.Body.List); n > 0 {
		statement, ok := function.Body.List[n-1].(*ast.ExprStmt)
		if !ok {
			return false
		}
		last, ok := statement.X.(*ast.CallExpr)
		return ok && slices.Contains([]string{"Exit", "Fatal", "Fatalf", "Fatalln"}, DescribeCall(last).Name)
	}
	return false
}

// ShutdownFirst finds a shutdown that comes before every start of a span: it
// stands above them, or in a function of its own that starts none. It gives the
// place as it follows a verb, or "".
func (s *Program) ShutdownFirst() string {
	starts := s.StartCalls()
	for _, c := range s.Calls("Shutdown", "shutdown") {
		first := !slices.ContainsFunc(starts, func(start Call) bool {
			if start.In == c.In {
				return c.Deferred || start.pos < c.pos
			}
			before := func(inner Call) bool {
				return inner.Name == start.In.Name.Name && (c.Deferred || inner.pos < c.pos)
			}
			after := func(outer Call) bool { return outer.Name == c.In.Name.Name && start.pos < outer.pos }
			return slices.ContainsFunc(CallsIn(c.In, nil), before) || slices.ContainsFunc(CallsIn(start.In, nil), after)
		})
		if first && c.In.Name.Name != "main" && len(starts) > 0 {
			return " at " + s.At(c)
		}
	}
	return ""
}

// ShutdownInGoroutine gives a shutdown in a goroutine, if there is no other one;
// or nil. That of a server is not meant.
func (s *Program) ShutdownInGoroutine() *Call {
	isServer := func(name string) bool { return strings.HasSuffix(strings.ToLower(name), "server") || name == "srv" }
	calls := slices.DeleteFunc(s.Calls("Shutdown", "ForceFlush", "shutdown"), func(c Call) bool {
		return isServer(c.owner) || slices.ContainsFunc(c.Args, func(arg ast.Expr) bool {
			name, isName := arg.(*ast.Ident)
			return isName && isServer(name.Name)
		})
	})
	if len(calls) == 0 || slices.ContainsFunc(calls, func(c Call) bool { return !s.inGoroutine(c) }) {
		return nil
	}
	return &calls[0]
}

// inGoroutine tells whether a call stands in a function literal that its
// function starts as a goroutine, or hands to AfterFunc.
func (s *Program) inGoroutine(c Call) bool {
	inside := false
	ast.Inspect(c.In.Body, func(n ast.Node) bool {
		if n == nil || c.pos <= n.Pos() || n.End() <= c.pos {
			return true
		}
		switch n := n.(type) {
		case *ast.GoStmt:
			inside = true
		case *ast.CallExpr:
			inside = inside || DescribeCall(n).Name == "AfterFunc"
		}
		return true
	})
	return inside
}

// Overriding gives the calls that set one of these environment variables.
func (s *Program) Overriding(names ...string) []Call {
	return slices.DeleteFunc(s.Calls("os.Setenv"), func(c Call) bool {
		name, _ := c.Text(0)
		return !slices.Contains(names, name)
	})
}

// StartsSpan tells whether a call starts a span of that name.
func (s *Program) StartsSpan(c Call, name string) bool {
	text, ok := c.Text(1)
	return ok && text == name
}

// DefaultClientCall gives the call of http.DefaultClient that makes the requests,
// as " (userservice.go:60)": the only one in what answers requests that any
// http.Client gets. It gives "" if there is another one, or none.
func (s *Program) DefaultClientCall() string {
	defaults := []string{"http", "DefaultClient"}
	clients, reached := append(s.httpClients(), defaults...), s.reachedByRequests()
	calls := slices.DeleteFunc(s.Calls("Do", "Get", "Head", "Post", "PostForm"), func(c Call) bool {
		return !reached[c.In] || !slices.Contains(clients, c.owner)
	})
	if len(calls) != 1 || !slices.Contains(defaults, calls[0].owner) {
		return ""
	}
	return s.Places(calls)
}

// EventFromContext tells whether a function that adds the event takes a span
// out of a context.
func (s *Program) EventFromContext(name string) bool {
	takes := s.Calls("SpanFromContext")
	return slices.ContainsFunc(s.Calls("AddEvent"), func(event Call) bool {
		text, _ := event.Text(0)
		return text == name && slices.ContainsFunc(takes, func(c Call) bool { return c.In == event.In })
	})
}

// ServiceNames gives the calls that say service.name, one way or the other.
func (s *Program) ServiceNames() []Call {
	return slices.DeleteFunc(s.Calls("ServiceName", "ServiceNameKey.String", "attribute.String", "os.Setenv"), func(c Call) bool {
		key, _ := c.Text(0)
		return (c.owner == "attribute" || c.owner == "os") && key != "service.name" && key != "OTEL_SERVICE_NAME"
	})
}

// UsesSchemaURL tells whether the program takes the schema URL of a semconv
// package.
func (s *Program) UsesSchemaURL() bool {
	uses := false
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			uses = uses || ok && selector.Sel.Name == "SchemaURL"
			return !uses
		})
	}
	return uses
}
