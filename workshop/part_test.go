package main

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/shipped"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// withPart makes a workshop with the lesson and the files of production as they
// were shipped, and tests of its own: the first section's fails, the second one's
// passes.
func withPart(t *testing.T) {
	t.Helper()
	t.Setenv(progress.Folder, t.TempDir())
	lesson, err := os.ReadFile(filepath.Join("..", "step05-jaeger", "production", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	solution, err := os.ReadFile(filepath.Join("..", "solutions", "step05-jaeger", "production", "kafka-ingester.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	workshoptest.Repository(t, map[string]string{"step05-jaeger": workshoptest.StepThatPasses})
	const part = "step05-jaeger/production/"
	for _, name := range []string{"collector.yaml", "cassandra.yaml", "kafka-ingester.yaml", "tail-sampling.yaml", "rates.yaml"} {
		text, _ := shipped.Workshop().Text("step05-jaeger/production", name)
		write(t, part+name, text)
	}
	write(t, part+"README.md", string(lesson))
	write(t, part+"go.mod", "module example.com/production\n\ngo 1.26.0\n")
	write(t, part+"part_test.go", `package production

import (
	"fmt"
	"testing"
)

func TestCollectors(t *testing.T) {
	t.Attr("tracecheck.check", "nothing-lost fail")
	t.Attr("tracecheck.section", "1")
	t.Attr("tracecheck.gap", "collector.yaml:28")
	fmt.Fprintln(t.Output(), "✗ 15,000 of them cannot be found.")
	t.Fail()
}

func TestDatabase(t *testing.T) { t.Attr("tracecheck.check", "takes-spans pass") }

func TestSearchDatabase(t *testing.T) { t.Skip("OpenSearch is not fetched yet") }
`)
	write(t, "go.work", "go 1.26.0\nuse ./step05-jaeger\nuse ./step05-jaeger/production\n")
	write(t, "solutions/"+part+"kafka-ingester.yaml", string(solution))
}

func TestCheckSections(t *testing.T) {
	withPart(t)
	t.Run("all of them", func(t *testing.T) {
		out := workshop(t, "check", "production")
		workshoptest.Contains(t, out, "→ step05-jaeger/production, section 1\n", "✗ 15,000 of them cannot be found.",
			"  Read  step05-jaeger/production/README.md:", "  Edit  step05-jaeger/production/collector.yaml:28", "  Run   go run ./workshop check production 1")
		workshoptest.Lacks(t, out, "✓")
	})
	t.Run("one that passes", func(t *testing.T) {
		workshoptest.Contains(t, workshop(t, "check", "step05-jaeger/production", "2"), "✓ 2. A database larger than a machine\n",
			"  not checked: TestSearchDatabase: OpenSearch is not fetched yet\n",
			"  Read  step05-jaeger/production/README.md:", "Kafka buys time\n", "  Run   go run ./workshop check production 3")
	})
	t.Run("named by a file, or with the number first", func(t *testing.T) {
		for _, args := range [][]string{{"check", "step05-jaeger/production/cassandra.yaml"}, {"check", "production/2"}, {"check", "2", "production"}} {
			workshoptest.Contains(t, workshop(t, args...), "✓ 2. A database larger than a machine\n", "check production 3")
		}
	})
	t.Run("in its folder", func(t *testing.T) {
		t.Chdir(filepath.Join("step05-jaeger", "production"))
		workshoptest.Contains(t, workshop(t, "check", "."), "  Edit  collector.yaml:28", "  Run   go run ../../workshop check production 1")
	})
}

func TestHelpOnSections(t *testing.T) {
	withPart(t)
	for _, command := range []string{"check", "watch", "hint", "diff"} {
		workshoptest.Contains(t, workshop(t, command, "-h"), "go run ./workshop "+command+" [step]: ", "a section of production as production 3.\n")
	}
	workshoptest.Contains(t, workshop(t, "list"), "step05-jaeger  all 1 check\n", "  production     a TODO is left in section 1, 2, 3, 4, 5\n")
	workshoptest.Contains(t, workshop(t, "hint", "production"), "Hint 1 of 3 · step05-jaeger/production, section 1: A collector may die\n",
		"Read  step05-jaeger/production/README.md:", "What yours lacks: go run ./workshop check production 1\n", "More: go run ./workshop hint -level 2 production 1\n")
	workshoptest.Contains(t, workshop(t, "hint", "-level", "3", "production", "3"), "step05-jaeger/production/kafka-ingester.yaml\n", "+    group_id: jaeger-ingester")
	workshoptest.Contains(t, workshop(t, "hint", "production", "6"), "Section 6 of step05-jaeger/production has nothing to write")
	workshoptest.Contains(t, workshop(t, "diff", "-yes", "production", "3"), "step05-jaeger/production/kafka-ingester.yaml\n", "+    group_id: jaeger-ingester")
	workshoptest.Contains(t, workshop(t, "diff", "production", "7"), "Section 7 of step05-jaeger/production has nothing to write")

	write(t, "step05-jaeger/production/kafka-ingester.yaml", "mine: true\n")
	workshoptest.Contains(t, workshop(t, "hint", "production", "3"), "section 3: Kafka buys time") // asked for, although its TODO is gone
	workshoptest.Contains(t, workshop(t, "diff", "production", "3"), "-mine: true")                // so nobody is asked
	workshoptest.Contains(t, workshop(t, "reset", "kafka-ingester.yaml"), "✓ step05-jaeger/production/kafka-ingester.yaml is as it was shipped.\n", "Yours is kept.")
	write(t, "step05-jaeger/production/kafka-ingester.yaml", "mine: true\n")
	workshoptest.Contains(t, workshop(t, "reset", "production", "3"), "✓ step05-jaeger/production/kafka-ingester.yaml is as it was shipped.\n")
	for _, name := range []string{"collector.yaml", "cassandra.yaml", "kafka-ingester.yaml", "tail-sampling.yaml", "rates.yaml"} {
		write(t, "step05-jaeger/production/"+name, "mine: true\n")
	}
	workshoptest.Contains(t, workshop(t, "list"), "  production ", "  no TODO is left\n")
	workshoptest.Contains(t, workshop(t, "hint", "production"), "No TODO is left in step05-jaeger/production.", "go run ./workshop hint production 1\n")
}

// TestWrongSections is about what people type of a part that is not there.
func TestWrongSections(t *testing.T) {
	withPart(t)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no such section":     {[]string{"check", "production", "9"}, `check: step05-jaeger/production has no section "9": they are 1 to 7, as in go run ./workshop check production 1`},
		"a word":              {[]string{"hint", "production", "Kafka"}, `hint: step05-jaeger/production has no section "Kafka"`},
		"two sections":        {[]string{"check", "production", "1", "2"}, `check: "2" is one argument too many: name one section of step05-jaeger/production, or none`},
		"a solution":          {[]string{"diff", "production", "3"}, "diff: step05-jaeger/production, section 3 is not solved yet, and this shows a solution of it: go run ./workshop diff -yes production 3"},
		"to be watched":       {[]string{"watch", "production", "0"}, `watch: step05-jaeger/production has no section "0"`},
		"on the page":         {[]string{"page", "production"}, "page: it is for steps; step05-jaeger/production is read in its README.md and checked with: go run ./workshop watch production"},
		"a typo":              {[]string{"check", "prodction"}, `there is no step "prodction": did you mean production?`},
		"without the command": {[]string{"production", "3"}, `there is no command "production": did you mean go run ./workshop check production 3?`},
		"a file, misspelt":    {[]string{"reset", "kafka-ingster.yaml"}, "reset: no step was shipped with a file kafka-ingster.yaml: did you mean kafka-ingester.yaml?"},
		"of a step":           {[]string{"check", "5", "3"}, `check: "3" is one argument too many: name one step, or none for all`},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := outcome(t, c.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d, stdout %q; want %d and nothing", code, stdout, exitUsage)
			}
			workshoptest.Contains(t, stderr, "workshop: "+c.want)
		})
	}
}
