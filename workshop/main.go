// Command workshop leads through the tracing workshop.
//
// Without arguments it finds the step you are at, checks it, and says what to
// do next. Type "go run ./workshop help" for what else it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program by force
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
