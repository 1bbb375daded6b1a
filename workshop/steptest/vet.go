package steptest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// vetChecks are what go test asks of go vet (go help test, the flag -vet).
var vetChecks = []string{
	"-atomic", "-bool", "-buildtags", "-directive", "-errorsas", "-ifaceassert",
	"-nilfunc", "-printf", "-slog", "-stringintconv", "-tests",
}

// Vet looks at a step as go test does by itself before it runs a test, and gives
// what it finds, a line each, or "". It works at low priority: [Run] with
// -vet=off gives the verdict meanwhile, which somebody waits for.
func Vet(ctx context.Context, folder string, args ...string) (findings string, err error) {
	cmd, tidy, err := goCommand(ctx, folder, nil, append(append([]string{"vet"}, vetChecks...), append(args, ".")...))
	if err != nil {
		return "", err
	}
	defer tidy()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	proc.LowPriority(cmd)
	err = proc.Run(cmd)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		return output.String(), nil
	case err != nil:
		return "", fmt.Errorf("cannot run go vet in %s: %w", folder, err)
	}
	return "", nil
}
