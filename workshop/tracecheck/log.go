package tracecheck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// answered is in a line of a log that tells of a request which went well, in
// whatever format.
var answered = regexp.MustCompile(`\b200\b`)

// LogNamesTrace expects that each line which the service of a hop has logged
// about such a request, which went well, holds the id of its trace. Not to log
// requests is fine.
func LogNamesTrace(hop Hop) Expectation {
	return func(e *Evidence) *Miss {
		p := e.Process(hop.Service)
		if p == nil {
			return nil
		}
		_, path, _ := strings.Cut(hop.Name, " ")
		traces := traceIDs(e.Spans(), hop)
		for _, line := range p.Stderr.Lines() {
			if !strings.Contains(line, path) || !answered.MatchString(line) {
				continue
			}
			if !slices.ContainsFunc(traces, func(id string) bool { return strings.Contains(line, id) }) {
				return &Miss{What: evidence.WrongOutput, Name: "log", Service: hop.Service, Kind: spans.KindServer, Got: line,
					Says: fmt.Sprintf("%s logs a request to %s without the id of its trace.", hop.Service, path)}
			}
		}
		return nil
	}
}
