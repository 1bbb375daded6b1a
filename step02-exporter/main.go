// Command step02-exporter plans a train journey and takes it, stop by stop. Once
// the gaps of this step are filled it sends its span to an OTLP collector.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	from := flag.String("from", "Amsterdam", "`city` where the journey starts")
	to := flag.String("to", "Zurich", "`city` where it ends")
	pace := flag.Duration("pace", 0, "`time` from one stop to the next, such as 300ms")
	flushTimeout := flag.Duration("flush-timeout", 3*time.Second, "longest `time` to wait for the collector at the end")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "journey: %q is left over: name the cities with -from and -to\n", flag.Arg(0))
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, trip{from: *from, to: *to, pace: *pace}, *flushTimeout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "journey:", err)
		os.Exit(1)
	}
}

// trip is what the user asked for.
type trip struct {
	from, to string
	pace     time.Duration
}
