// Command workshop leads through the tracing workshop.
//
// Without arguments it finds the step you are at, checks it, and says what to
// do next. Type "go run ./workshop help" for what else it can do.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// net/http logs when a server speaks first, as one of gRPC does. What that
	// means is told to whoever has asked it for traces.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program by force
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
