package guide

import (
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var buildLine = regexp.MustCompile(`^(?:vet: )?(?:\./|\.\\)?(\S+\.go:\d+)(?::\d+)?: (.+)$`)

// problems finds what the compiler and vet complain about in what go test
// printed, each line once. Places are relative to the folder of the step.
func problems(output string) []Problem {
	var found []Problem
	for _, line := range strings.Split(output, "\n") {
		match := buildLine.FindStringSubmatch(strings.TrimRight(line, "\r"))
		if match == nil {
			continue
		}
		p := Problem{Place: match[1], Message: strings.TrimSuffix(match[2], "; to add it:")}
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

var undefinedName = regexp.MustCompile(`^undefined: (\w+)$`)

// remedy says what to do about a compiler error, where more can be said than the
// compiler does. What a step may import stands in the file packages.
func remedy(message, packages string) string {
	if strings.HasPrefix(message, "no required module provides package") {
		return "Is the path right? All that a step needs is in its go.mod."
	}
	match := undefinedName.FindStringSubmatch(message)
	if match == nil {
		return ""
	}
	for _, imported := range importsOf(packages) {
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

// file gives the file of a place, as file:line.
func file(place string) string {
	name, _, _ := strings.Cut(place, ":")
	return name
}
