package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/tracing-workshop/workshop/internal/shell"
)

const (
	mostLines    = 10 // of one proof that failed
	mostFailures = 10 // that are told in so many lines
)

// tellFailures shows the beginning of what failed, and keeps all of it.
func (p *Prover) tellFailures() {
	for i, r := range p.failed {
		if i == mostFailures {
			p.Printf("\n%s\n", p.Red(fmt.Sprintf("✗ and %d more", len(p.failed)-i)))
			break
		}
		p.Printf("\n%s\n", p.Red("✗ "+nameOf(r)))
		lines := telling(r.Output)
		for _, line := range lines[:min(len(lines), mostLines)] {
			p.Printf("  %s\n", line)
		}
	}
	if len(p.failed) > 0 {
		p.keepFailures()
		p.Printf("\n")
	}
	for _, r := range p.skipped {
		p.Printf("- %s was skipped: %s\n", nameOf(r), r.Reason())
	}
}

// telling gives the lines that are not empty.
func telling(output string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			lines = append(lines, strings.TrimPrefix(line, "    "))
		}
	}
	return lines
}

// keepFailures writes all that failed into a file. In CI, where the file is
// gone with the machine, it is printed.
func (p *Prover) keepFailures() {
	var whole strings.Builder
	for _, r := range p.failed {
		fmt.Fprintf(&whole, "=== %s, after %s\n%s\n", nameOf(r), r.Took, r.Output)
	}
	if os.Getenv("CI") != "" {
		p.Printf("\nAll of what they say:\n\n%s", whole.String())
		return
	}
	if err := os.MkdirAll(filepath.Dir(p.log), 0o755); err != nil {
		return
	}
	if err := os.WriteFile(p.log, []byte(whole.String()), 0o644); err == nil {
		p.Printf("\nAll of what they say: %s\n", shell.Home(p.log))
	}
}

// nameOf is how a proof is called.
func nameOf(r Result) string {
	test := strings.TrimPrefix(strings.TrimPrefix(r.Test, "TestProof/"), "TestDocuments/")
	return strings.TrimSpace(strings.TrimPrefix(r.Package, "solutions/") + " " + test)
}
