package solutions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/solutions/prove"
)

// TestRecords looks at the record that the check of a step keeps, on real
// programs: the first trace is drawn with what is missing in the place where it
// belongs.
func TestRecords(t *testing.T) {
	for _, test := range []struct{ step, mistake, want string }{
		{"step01-spans", "", `
unknown_service:step01-spans.test journey
`},
		{"step01-spans", "no-span-started", `
ghost journey
`},
		{"step01-spans", "name-wrong", `
unknown_service:step01-spans.test run
ghost journey
`},
		{"step01-spans", "stops-missing", `
unknown_service:step01-spans.test journey, lacks attribute journey.stops
`},
		{"step01-spans", "event-missing", `
unknown_service:step01-spans.test journey, lacks event arrived
`},
		{"step01-spans", "error-without-status", `
unknown_service:step01-spans.test journey, lacks status error
`},
		{"step02-exporter", "service-version-missing", `
journey-planner journey, lacks resource service.version
`},
		{"step03-autoinstrument", "", `
user-service GET /fetch-external
  user-service HTTP GET
    joke-service GET /jokes/random
`},
		{"step03-autoinstrument", "no-propagator", `
user-service GET /fetch-external
  user-service HTTP GET
    ghost joke-service GET /jokes/random
`},
		{"step03-autoinstrument", "default-client", `
user-service GET /fetch-external
  ghost user-service a client span
`},
		{"step03-autoinstrument", "no-handler-wrapped", `
user-service HTTP GET
ghost user-service GET /fetch-external
`},
		{"step03-autoinstrument", "headers-not-read", `
user-service GET /fetch-external
  user-service HTTP GET
    ghost joke-service GET /jokes/random
`},
		{"step03-autoinstrument", "new-request-without-context", `
user-service GET /fetch-external
  ghost user-service a client span
`},
		{"step03-autoinstrument", "joke-handler-not-wrapped", `
user-service GET /fetch-external
  user-service HTTP GET
    ghost joke-service GET /jokes/random
`},
		{"step03-autoinstrument", "new-root-on-joke-service", `
user-service GET /fetch-external
  user-service HTTP GET
    ghost joke-service GET /jokes/random
`},
		{"step04-manual-spans", "", `
user-service GET /compute
  user-service heavy-computation
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
`},
		{"step04-manual-spans", "heavy-from-background", `
user-service GET /compute
  ghost user-service heavy-computation
`},
		{"step04-manual-spans", "no-chunk-spans", `
user-service GET /compute
  user-service heavy-computation
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
`},
		{"step04-manual-spans", "context-not-handed-on", `
user-service GET /compute
  user-service heavy-computation
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
  user-service compute-chunk
  user-service compute-chunk
  user-service compute-chunk
  user-service compute-chunk
`},
		{"step04-manual-spans", "chunk-from-background", `
user-service GET /compute
  user-service heavy-computation
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
    ghost user-service compute-chunk
`},
		{"step04-manual-spans", "never-ended", `
user-service GET /compute
  ghost user-service heavy-computation
stub
  user-service compute-chunk
  user-service compute-chunk
  user-service compute-chunk
  user-service compute-chunk
`},
		{"step04-manual-spans", "event-on-server-span", `
user-service GET /compute
  user-service heavy-computation, lacks event computed-sum
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
    user-service compute-chunk
`},
	} {
		t.Run(test.step+"/"+test.mistake, func(t *testing.T) {
			program := prove.Solution(t, test.step)
			if test.mistake != "" {
				program = prove.ReadEntry(t, test.step, filepath.Join("mistakes", test.step, test.mistake+".txtar")).Program
			}
			folder := t.TempDir()
			prove.Verdict(t, test.step, program, "TRACECHECK_RECORD="+folder)
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), firstTrace(t, filepath.Join(folder, test.step+".json"))); diff != "" {
				t.Errorf("first trace (-want +got):\n%s", diff)
			}
		})
	}
}

// firstTrace gives a line for each row of the first trace in a record: the mark
// of what is no span that arrived, the service, the name, and what the span lacks.
func firstTrace(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Traces []struct {
			Rows []struct {
				Depth               int
				Mark, Service, Name string
				Lacks               []struct{ What, Name string }
			}
		}
	}
	if err := json.Unmarshal(content, &record); err != nil {
		t.Fatal(err)
	}
	if len(record.Traces) == 0 {
		return ""
	}
	var b strings.Builder
	for _, row := range record.Traces[0].Rows {
		line := strings.Join(strings.Fields(strings.Join([]string{row.Mark, row.Service, row.Name}, " ")), " ")
		for _, lack := range row.Lacks {
			line += fmt.Sprintf(", lacks %s %s", lack.What, lack.Name)
		}
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", row.Depth), line)
	}
	return b.String()
}
