// Package gotool runs the go command, and reads what it says.
package gotool

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// Command prepares a go command in a folder, which ends with ctx.
func Command(ctx context.Context, folder string, args ...string) *exec.Cmd {
	cmd := proc.Command(ctx, "go", args...)
	cmd.Dir = folder
	return cmd
}

// Variables asks the go command for what it works with in a folder.
func Variables(ctx context.Context, folder string) (map[string]string, error) {
	out, err := proc.Output(Command(ctx, folder, "env", "-json", "GOVERSION", "GOWORK", "GOPROXY", "GOMODCACHE", "GOCACHE"))
	if err != nil {
		return nil, Said(err)
	}
	env := map[string]string{}
	return env, json.Unmarshal(out, &env)
}

// Follow runs a command, gives each line of its stderr to told while it runs,
// and gives what it prints. The error of one that fails has its last words.
func Follow(cmd *exec.Cmd, told func(line string)) (string, error) {
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	pipe, stderr := io.Pipe()
	cmd.Stderr = stderr
	last := make(chan string, 1)
	go func() {
		line := ""
		scanner := bufio.NewScanner(pipe)
		for scanner.Scan() {
			line = strings.TrimRight(scanner.Text(), "\r")
			told(line)
		}
		_, _ = io.Copy(io.Discard, pipe) // a line that is too long must not block the writer
		last <- line
	}()
	err := proc.Run(cmd)
	stderr.Close()
	if words := <-last; err != nil && words != "" {
		err = &failure{strings.TrimPrefix(words, "go: "), err}
	}
	return stdout.String(), err
}

// failure is a command that has failed, with its own words.
type failure struct {
	words string
	error
}

func (f *failure) Error() string { return f.words }
func (f *failure) Unwrap() error { return f.error }

// Said gives an error of [proc.Output] with what a command that has failed
// complains about, or its last words.
func Said(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	words := strings.TrimSpace(string(exit.Stderr))
	if words == "" {
		return err
	}
	return errors.New(cmp.Or(Problem(words), words[strings.LastIndexByte(words, '\n')+1:]))
}

// Downloads tells whether a line says that the go command downloads a module.
func Downloads(line string) bool { return strings.HasPrefix(line, "go: downloading ") }

// Problem gives what keeps the go command itself from doing its work, as a
// module that cannot be downloaded, in one line.
func Problem(output string) string {
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		text, ok := strings.CutPrefix(strings.TrimSpace(line), "go: ")
		if !ok || strings.HasPrefix(text, "downloading ") || strings.HasPrefix(text, "finding ") {
			continue
		}
		if strings.HasSuffix(text, ":") && i+1 < len(lines) { // as "errors parsing go.work:"
			text += " " + strings.TrimSpace(lines[i+1])
		}
		return text
	}
	return ""
}
