// Package terminal is the terminal that somebody sits at: it reads single keys,
// shows a page that fits, and asks.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"

	"golang.org/x/term"

	"example.com/tracing-workshop/workshop/internal/console"
)

// ErrNobody is that there is no terminal, and so nobody to ask.
var ErrNobody = errors.New("there is nobody to ask")

// Ask asks a question, and gives the line that is typed in answer.
func Ask(ctx context.Context, c *console.Console, question string) (string, error) {
	if !c.Live || !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", ErrNobody
	}
	c.Printf("%s ", question)
	answer := make(chan string, 1)
	go func() { // it stays behind if ctx ends first, as the process does
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- line
	}()
	select {
	case line := <-answer:
		return strings.TrimSpace(line), nil
	case <-ctx.Done():
		c.Printf("\n")
		return "", ctx.Err()
	}
}

// IsYes tells whether an answer agrees.
func IsYes(answer string) bool {
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes"
}
