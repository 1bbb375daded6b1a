package proof

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/text"
)

// measure gives the bytes that are fetched, and those that are built.
func (p *Prover) measure(ctx context.Context) (sizes [2]int64) {
	env, err := gotool.Variables(ctx, p.Root)
	if err != nil {
		return sizes
	}
	sizes[0] = proc.SizeOf(env["GOMODCACHE"])
	sizes[1] = proc.SizeOf(env["GOCACHE"])
	if p.log != "" {
		sizes[1] += proc.SizeOf(filepath.Dir(p.log))
	}
	return sizes
}

// account tells what was fetched, built and run.
func (p *Prover) account(before, after [2]int64) {
	var took []string
	for _, s := range p.spent {
		took = append(took, fmt.Sprintf("%s %s", s.what, text.Minutes(s.took)))
	}
	p.Printf("Fetched %s, built %s, ran %s. It took %s: %s.\n",
		text.Megabytes(max(0, after[0]-before[0])), text.Megabytes(max(0, after[1]-before[1])), text.Plural(p.ended(), "proof"),
		text.Minutes(time.Since(p.began)), strings.Join(took, ", "))
}
