// Package workshoptest makes what tests of the command need: a repository with
// steps of its own, a machine without Jaeger whose go command is a fake, and an
// output that can be waited for.
package workshoptest

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/repository"
)

// Repository makes a workshop with these steps and goes there. A step is
// the text of its step_test.go.
func Repository(t *testing.T, steps map[string]string) {
	t.Helper()
	root := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	work := "go 1.26.0\n"
	for name, test := range steps {
		work += "use ./" + name + "\n"
		write(name+"/go.mod", "module example.com/"+name+"\n\ngo 1.26.0\n")
		write(name+"/README.md", "# A step\n\n## 1. First things\n\n## 2. A second thing\n")
		write(name+"/step_test.go", test)
		write(name+"/packages_test.go", "package main\n\nimport _ \"strings\"\n")
	}
	write("go.work", work)
	write("workshop/main.go", "package main\n")
	t.Chdir(root)
	t.Setenv("GOWORK", "")
	t.Setenv("GOFLAGS", "")
}

// What a step_test.go may be.
const (
	StepThatPasses = `package main

import "testing"

func TestStep(t *testing.T) { t.Attr("tracecheck.check", "plan pass") }
`
	StepThatFails = `package main

import (
	"fmt"
	"os"
	"testing"
)

func TestStep(t *testing.T) {
	t.Attr("tracecheck.check", "plan pass")
	t.Attr("tracecheck.check", "span fail")
	t.Attr("tracecheck.section", "2")
	t.Attr("tracecheck.gap", "journey.go:31")
	fmt.Fprintf(t.Output(), "There is a span.\n✗ There is none.\n\ncolor=%q\n", os.Getenv("TRACECHECK_COLOR"))
	t.Fail()
}
`
	StepThatDoesNotCompile = `package main

import "testing"

func TestStep(t *testing.T) {
	var unused int
	strings.ToUpper("")
}
`
	StepThatPanics = `package main

import "testing"

var railway = map[string]int{}["Atlantis"] / len(railwayOf())

func railwayOf() []int { return nil }

func TestStep(t *testing.T) {}
`
)

// Here gives the repository of the current folder.
func Here(t *testing.T) *repository.Repository {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r, err := repository.Find(folder)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
