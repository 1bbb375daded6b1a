package main

import (
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// buildProblem is an error that the compiler or vet found.
type buildProblem struct {
	place   string // file:line, the file relative to the step's folder
	message string
}

var buildLine = regexp.MustCompile(`^(?:vet: )?(?:\./|\.\\)?(\S+\.go:\d+)(?::\d+)?: (.+)$`)

// buildProblems finds them in what go test printed, each line once.
func buildProblems(output string) []buildProblem {
	var problems []buildProblem
	for _, line := range strings.Split(output, "\n") {
		match := buildLine.FindStringSubmatch(strings.TrimRight(line, "\r"))
		if match == nil {
			continue
		}
		p := buildProblem{place: match[1], message: strings.TrimSuffix(match[2], "; to add it:")}
		if !slices.Contains(problems, p) {
			problems = append(problems, p)
		}
	}
	return problems
}

var undefinedName = regexp.MustCompile(`^undefined: (\w+)$`)

// hint says what to do about a compiler error, where more can be said than the
// compiler does.
func (g *guide) hint(step string, p buildProblem) string {
	if strings.HasPrefix(p.message, "no required module provides package") {
		return "Is the path right? All that a step needs is in its go.mod."
	}
	match := undefinedName.FindStringSubmatch(p.message)
	if match == nil {
		return ""
	}
	for _, imported := range importsOf(g.Path(step, "packages_test.go")) {
		switch match[1] {
		case packageName(imported):
			return "Import it: " + strconv.Quote(imported)
		case "sdk" + packageName(imported):
			if strings.Contains(imported, "/sdk/") {
				return "Import it: " + match[1] + " " + strconv.Quote(imported)
			}
		}
	}
	return ""
}

// importsOf gives the import paths in a Go file, and none if it cannot be read.
func importsOf(file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil
	}
	var paths []string
	for _, spec := range parsed.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

var version = regexp.MustCompile(`^v\d`)

// packageName is the name that a package most likely has: the last element of
// its path that is not a version.
func packageName(imported string) string {
	if base := path.Base(imported); !version.MatchString(base) {
		return base
	}
	return path.Base(path.Dir(imported))
}

// mostCrashLines is how many lines of a crash are shown.
const mostCrashLines = 10

// crashLines gives the lines of what go test printed that tell something.
func crashLines(output string) []string {
	var kept []string
	for _, line := range strings.Split(output, "\n") {
		line = strings.TrimRight(line, " \t\r")
		boring := line == "" || line == "FAIL" || strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "=== ") ||
			strings.HasPrefix(line, "exit status ") || strings.HasPrefix(line, "go: downloading ")
		if !boring {
			kept = append(kept, strings.ReplaceAll(line, "\t", "    "))
		}
	}
	return kept[:min(len(kept), mostCrashLines)]
}

// fileOf gives the file of a place, as file:line.
func fileOf(place string) string {
	file, _, _ := strings.Cut(place, ":")
	return file
}
