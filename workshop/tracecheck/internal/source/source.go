// Package source reads the learner's program as text. It gives places, tells
// causes apart that look the same from outside, and knows which gaps are open.
package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Program is the learner's program as text, to tell causes apart that look the
// same from outside.
type Program struct {
	files   *token.FileSet
	parsed  []*ast.File
	values  []*ast.FuncDecl // for the value of each variable of a package, a function that does nothing else
	Gaps    []Gap           // those that are open
	Headers map[int]string  // number of the section -> its heading in the lesson
}

var sectionHeader = regexp.MustCompile(`(?m)^## (\d+)\. (.+?)\r?$`)

// Read reads the Go files and the lesson of a step whose gaps are these
// when it is shipped. What cannot be parsed is left out.
func Read(step fs.FS, shipped ...Gap) *Program {
	s := &Program{files: token.NewFileSet(), Headers: map[int]string{}}
	names, _ := fs.Glob(step, "*.go")
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			s.readFile(step, name)
		}
	}
	for _, pattern := range []string{"*.yaml", "*.env"} {
		names, _ := fs.Glob(step, pattern)
		for _, name := range names {
			text, _ := fs.ReadFile(step, name)
			s.Gaps = append(s.Gaps, gapsIn(name, string(text))...)
		}
	}
	lesson, _ := fs.ReadFile(step, "README.md")
	unfilled := slices.Concat(shipped, gapsOfLesson(string(lesson)))
	s.Gaps = slices.DeleteFunc(s.Gaps, func(g Gap) bool { return !g.isOpen(unfilled) })
	for _, match := range sectionHeader.FindAllStringSubmatch(string(lesson), -1) {
		number, _ := strconv.Atoi(match[1])
		s.Headers[number] = match[2]
	}
	return s
}

func (s *Program) readFile(step fs.FS, name string) {
	text, err := fs.ReadFile(step, name)
	if err != nil {
		return
	}
	s.Gaps = append(s.Gaps, gapsIn(name, string(text))...)
	if file, err := parser.ParseFile(s.files, name, text, parser.SkipObjectResolution); err == nil {
		s.parsed = append(s.parsed, file)
		s.values = append(s.values, valuesIn(file)...)
	}
}

// valuesIn makes a function of the value of each variable that is declared
// outside of functions, under the name of the variable: what is called there is
// called as well, or is when the variable is.
func valuesIn(file *ast.File) []*ast.FuncDecl {
	var values []*ast.FuncDecl
	for _, decl := range file.Decls {
		variables, ok := decl.(*ast.GenDecl)
		if !ok || variables.Tok != token.VAR {
			continue
		}
		for _, spec := range variables.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, value := range spec.Values {
				values = append(values, &ast.FuncDecl{
					Name: spec.Names[i],
					Type: &ast.FuncType{Func: value.Pos(), Params: &ast.FieldList{}},
					Body: &ast.BlockStmt{Lbrace: value.Pos(), List: []ast.Stmt{&ast.ExprStmt{X: value}}, Rbrace: value.End() - 1},
				})
			}
		}
	}
	return values
}

// GapOf gives the place of a gap that is still open, for the service that a
// verdict speaks of, or "": a file that bears the name of another service is
// not it. Without a service it is the first place.
func (s *Program) GapOf(number int, service string, services []string) string {
	bears := func(g Gap, service string) bool {
		return service != "" && strings.HasPrefix(plainName(g.File), plainName(service))
	}
	for _, g := range s.Gaps {
		others := slices.ContainsFunc(services, func(other string) bool { return other != service && bears(g, other) })
		if g.Number == number && (service == "" || bears(g, service) || !others) {
			return fmt.Sprintf("%s:%d", g.File, g.Line)
		}
	}
	return ""
}

// plainName leaves out what sets words apart in the name of a file or service.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}

// Call is a call of a function or method in the learner's source.
type Call struct {
	Name     string // "End" for span.End(), "os.Exit" too for os.Exit()
	Receiver string // "span" for span.End(), "" if it is not a plain name
	owner    string // the last name before that of the call: "client" for u.client.Get()
	Args     []ast.Expr
	In       *ast.FuncDecl // for a variable of the package, its value as a function
	block    ast.Node      // the innermost block, case or select case around it
	pos      token.Pos
	Deferred bool
	Deferral *ast.DeferStmt // the defer that it stands in, or nil
}

// Calls gives the calls of functions and methods of these names, in the order
// of the files, and after them those in the values of variables of the package. A
// name may be qualified, as "os.Exit".
func (s *Program) Calls(names ...string) []Call {
	var found []Call
	if len(names) == 0 {
		return nil
	}
	for _, file := range s.parsed {
		for _, decl := range file.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			found = append(found, CallsIn(function, names)...)
		}
	}
	for _, value := range s.values {
		found = append(found, CallsIn(value, names)...)
	}
	return found
}

// CallsIn gives the calls in a function of these names, or all if there are none.
func CallsIn(function *ast.FuncDecl, names []string) []Call {
	var found []Call
	deferred := map[*ast.CallExpr]*ast.DeferStmt{}
	ast.PreorderStack(function.Body, nil, func(n ast.Node, above []ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			deferred[n.Call] = n
			markDeferred(n, deferred)
		case *ast.CallExpr:
			c := DescribeCall(n)
			if len(names) == 0 || slices.Contains(names, c.Name) || slices.Contains(names, c.owner+"."+c.Name) {
				c.In, c.block, c.Deferred, c.Deferral = function, innermostBlock(above), deferred[n] != nil, deferred[n]
				found = append(found, c)
			}
		}
		return true
	})
	return found
}

func innermostBlock(above []ast.Node) ast.Node {
	for _, node := range slices.Backward(above) {
		switch node.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return node
		}
	}
	return nil
}

// encloses tells whether another call stands, further on, in the block of c.
func (c Call) encloses(later Call) bool {
	return c.pos < later.pos && later.pos < c.block.End()
}

// markDeferred notes the calls in the body of a deferred function literal.
func markDeferred(deferral *ast.DeferStmt, deferred map[*ast.CallExpr]*ast.DeferStmt) {
	literal, ok := deferral.Call.Fun.(*ast.FuncLit)
	if !ok {
		return
	}
	ast.Inspect(literal.Body, func(n ast.Node) bool {
		if inner, ok := n.(*ast.CallExpr); ok {
			deferred[inner] = deferral
		}
		return true
	})
}

func DescribeCall(expr *ast.CallExpr) Call {
	c := Call{Args: expr.Args, pos: expr.Pos()}
	switch fun := expr.Fun.(type) {
	case *ast.Ident:
		c.Name = fun.Name
	case *ast.SelectorExpr:
		c.Name = fun.Sel.Name
		switch owner := fun.X.(type) {
		case *ast.Ident:
			c.Receiver, c.owner = owner.Name, owner.Name
		case *ast.SelectorExpr:
			c.owner = owner.Sel.Name
		}
	}
	return c
}

// At gives the place of a call, as "journey.go:31".
func (s *Program) At(c Call) string {
	p := s.files.Position(c.pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// Places gives the places of calls, as " (journey.go:31, tracing.go:12)", or ""
// if there are none.
func (s *Program) Places(calls []Call) string {
	if len(calls) == 0 {
		return ""
	}
	var places []string
	for _, c := range calls {
		if at := s.At(c); !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	return " (" + strings.Join(places, ", ") + ")"
}

// Together leaves only the calls that share a file with another of them, if
// there are such.
func (s *Program) Together(calls []Call) []Call {
	perFile := map[string]int{}
	file := func(c Call) string { return s.files.Position(c.pos).Filename }
	for _, c := range calls {
		perFile[file(c)]++
	}
	shared := slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return perFile[file(c)] < 2 })
	if len(shared) == 0 {
		return calls
	}
	return shared
}

// Text gives the string literal in the i-th argument, and whether it is one.
func (c Call) Text(i int) (string, bool) {
	if i >= len(c.Args) {
		return "", false
	}
	literal, ok := c.Args[i].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// Quotes tells whether text stands in a string literal of the source.
func (s *Program) Quotes(text string) bool {
	found := false
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			found = found || ok && literal.Kind == token.STRING && strings.Contains(literal.Value, text)
			return !found
		})
	}
	return found
}

// Named gives the places of the string literals that say this and no more, and
// may be the key of an attribute or the name of an event: in a call of the
// package attribute or of AddEvent, or given to a constant, variable or field.
func (s *Program) Named(text string) []string {
	var places []string
	for _, file := range s.parsed {
		ast.PreorderStack(file, nil, func(n ast.Node, above []ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING || !mayName(above[len(above)-1], literal) {
				return true
			}
			if value, err := strconv.Unquote(literal.Value); err == nil && value == text {
				p := s.files.Position(literal.Pos())
				places = append(places, fmt.Sprintf("%s:%d", p.Filename, p.Line))
			}
			return true
		})
	}
	return slices.Compact(places)
}

func mayName(above ast.Node, literal *ast.BasicLit) bool {
	switch above := above.(type) {
	case *ast.CallExpr:
		c := DescribeCall(above)
		return above.Args[0] == literal && (c.owner == "attribute" || c.Name == "AddEvent")
	case *ast.ValueSpec:
		return true
	case *ast.KeyValueExpr:
		return above.Value == literal
	}
	return false
}

// Imports tells the import paths that begin with prefix.
func (s *Program) Imports(prefix string) []string {
	var found []string
	for _, file := range s.parsed {
		for _, spec := range file.Imports {
			if p, err := strconv.Unquote(spec.Path.Value); err == nil && strings.HasPrefix(p, prefix) {
				found = append(found, p)
			}
		}
	}
	return found
}

// importName gives the name under which a package is used in the learner's
// source: its alias, or the last element of its path.
func (s *Program) importName(importPath string) string {
	for _, file := range s.parsed {
		for _, spec := range file.Imports {
			if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != importPath {
				continue
			}
			if spec.Name != nil {
				return spec.Name.Name
			}
		}
	}
	return path.Base(importPath)
}
