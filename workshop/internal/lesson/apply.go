package lesson

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// Apply gives the text of a Go file after an edit that a lesson asks for. An
// import declaration in the block replaces the one in the file. Each other
// declaration replaces the one of the same name, with its comment if the block
// has one too, or is added at the end. A block with a package clause is the
// whole file.
func Apply(file, block string) (string, error) {
	if whole, err := format.Source([]byte(block)); err != nil {
		return "", fmt.Errorf("the block is not Go: %w", err)
	} else if string(whole) != block {
		return "", errors.New("the block is not as gofmt writes it")
	}
	edit, err := parse(block)
	if err != nil {
		return "", fmt.Errorf("the block is not a list of declarations: %w", err)
	}
	if edit.isFile {
		return block, nil
	}
	if len(edit.decls) == 0 {
		return "", errors.New("the block declares nothing")
	}
	for _, d := range edit.decls {
		// Every edit moves what stands below it, so the file is read again.
		target, err := parse(file)
		if err != nil {
			return "", err
		}
		file = target.with(d)
	}
	text, err := format.Source([]byte(file))
	return string(text), err
}

// code is Go source, and where its declarations stand in it.
type code struct {
	text   string
	isFile bool // it has a package clause
	clause int  // offset of the end of the package clause
	decls  []declaration
}

type declaration struct {
	names      []string // that it declares; "import" if it is an import declaration
	text       string   // with its comment
	start, end int      // offsets, with the comment above and the one on the last line
	begin      int      // offset, the comment above not included
}

func parse(text string) (*code, error) {
	c := &code{text: text, isFile: true}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		const clause = "package p\n\n"
		files = token.NewFileSet()
		if parsed, err = parser.ParseFile(files, "", clause+text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		c.isFile, c.text = false, clause+text
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	c.clause = offset(parsed.Name.End())
	for _, decl := range parsed.Decls {
		d := declaration{names: names(decl), begin: offset(decl.Pos()), end: offset(decl.End())}
		d.start = d.begin
		if doc := comment(decl); doc != nil {
			d.start = offset(doc.Pos())
		}
		if remark := remarkAfter(parsed, files, decl); remark != nil {
			d.end = offset(remark.End())
		}
		d.text = c.text[d.start:d.end]
		c.decls = append(c.decls, d)
	}
	return c, nil
}

// names gives the names that decl declares. The method Close of *File is
// called File.Close.
func names(decl ast.Decl) []string {
	if function, ok := decl.(*ast.FuncDecl); ok {
		if function.Recv == nil {
			return []string{function.Name.Name}
		}
		return []string{receiver(function.Recv.List[0].Type) + "." + function.Name.Name}
	}
	var all []string
	for _, spec := range decl.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ImportSpec:
			return []string{"import"}
		case *ast.TypeSpec:
			all = append(all, spec.Name.Name)
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				all = append(all, name.Name)
			}
		}
	}
	return all
}

// receiver gives the name of the type in T, *T, T[P] and *T[P].
func receiver(t ast.Expr) string {
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

func comment(decl ast.Decl) *ast.CommentGroup {
	if function, ok := decl.(*ast.FuncDecl); ok {
		return function.Doc
	}
	return decl.(*ast.GenDecl).Doc
}

// remarkAfter gives the comment that stands on the last line of decl, or nil.
func remarkAfter(parsed *ast.File, files *token.FileSet, decl ast.Decl) *ast.Comment {
	for _, group := range parsed.Comments {
		first := group.List[0]
		if first.Pos() >= decl.End() && files.Position(first.Pos()).Line == files.Position(decl.End()).Line {
			return first
		}
	}
	return nil
}

// with gives the text with d in it.
func (c *code) with(d declaration) string {
	for _, old := range c.decls {
		if !old.sharesName(d) {
			continue
		}
		start := old.begin
		if d.start < d.begin { // it brings a comment
			start = old.start
		}
		return c.text[:start] + d.text + c.text[old.end:]
	}
	if slices.Contains(d.names, "import") {
		return c.text[:c.clause] + "\n\n" + d.text + c.text[c.clause:]
	}
	return strings.TrimRight(c.text, "\n") + "\n\n" + d.text + "\n"
}

func (d declaration) sharesName(other declaration) bool {
	return slices.ContainsFunc(d.names, func(name string) bool { return slices.Contains(other.names, name) })
}
