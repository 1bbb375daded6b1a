package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
	"example.com/tracing-workshop/workshop/internal/traceview"
	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
)

func tracesCommand() command {
	return command{
		name:      "traces",
		arguments: "[id]",
		summary:   "draw the traces that arrive, or a Jaeger's",
		define: func(flags *flag.FlagSet) func(context.Context, *console.Console, []string) error {
			listen := flags.String("listen", usualListen, "`address` to listen on, for OTLP over gRPC")
			brief := flags.Bool("brief", false, "draw no attributes and no events")
			q := &question{Query: traceview.Query{Patience: traceview.OnTheWay}}
			flags.StringVar(&q.base, "from", "", "listen to nobody: draw what the Jaeger at this `URL` holds, which is\n      http://127.0.0.1:16686 as a rule: the newest traces, or the one with the id")
			f := &q.Filter
			flags.StringVar(&f.Service, "service", "", "with -from: traces with a span of this service `name`")
			flags.StringVar(&f.Operation, "operation", "", "with -from and -service: traces in which that service has a span of this `name`")
			flags.BoolVar(&f.Failed, "errors", false, "with -from: traces with a span that failed")
			flags.Var(length{&f.Longer, "ms"}, "longer", "with -from: traces with a span, or of -service a request, that took at least\n      this `duration`, as 500ms")
			flags.Var(length{&f.Shorter, "ms"}, "shorter", "with -from and -service: traces with a request to it, or its -operation, that\n      took less than this `duration`")
			flags.Var((*attributes)(&f.Attributes), "attribute", "with -from: traces with a span with this attribute `key=value`, its own or its\n      resource's; may be given several times. Of several questions, one span has\n      all that is asked for")
			flags.BoolVar(&q.only, "only", false, "with -from: draw only the spans that were asked for, and not their whole traces")
			flags.BoolVar(&q.calls, "calls", false, "with -from: count who calls whom for what, in all these traces: with -errors\n      the calls that failed, with -service those to it, and so on")
			q.Since = 24 * time.Hour
			flags.Var(length{&q.Since, "m"}, "since", "with -from: traces of this last `time`, as 10m")
			flags.IntVar(&q.Limit, "limit", 5, "with -from: no more than the newest `n` traces")
			flags.BoolVar(&q.list, "list", false, "with -from: one line for each trace")
			return func(ctx context.Context, c *console.Console, args []string) error {
				asked := map[string]bool{}
				flags.Visit(func(f *flag.Flag) { asked[f.Name] = true })
				if err := q.check(asked, args); err != nil {
					return err
				}
				if q.base != "" {
					q.Console, q.brief = c, *brief
					return q.show(ctx, args)
				}
				if err := checkListen("traces", *listen); err != nil {
					return err
				}
				v := &viewer{Console: c, assembler: traceview.NewAssembler(), brief: *brief}
				return v.view(ctx, *listen)
			}
		},
	}
}

// viewer draws the traces that arrive at a receiver.
type viewer struct {
	*console.Console
	assembler *traceview.Assembler
	brief     bool
	remarked  string // the last remark, if no trace was drawn since
	traces    int    // drawn, each counted once
	spans     int    // that arrived
}

// view receives on an address until ctx ends.
func (v *viewer) view(ctx context.Context, address string) error {
	r, err := receiver.Listen(address, receiver.Accept())
	if page := fmt.Sprintf("http://127.0.0.1:%d", usualPagePort); err != nil && receives(ctx, page, address) {
		return fmt.Errorf("the workshop's page receives the spans that come to %s: look at them under Live at %s, or choose another port, as in %s traces -listen 127.0.0.1:14317", address, page, repository.Invocation)
	}
	if err != nil {
		return fmt.Errorf("%w, as in %s traces -listen 127.0.0.1:14317", err, repository.Invocation)
	}
	defer r.Close()
	v.greet(r)
	for ctx.Err() == nil {
		v.step(ctx, r)
	}
	r.Close()
	v.take(r)
	v.draw(v.assembler.All())
	v.Printf("\n%s, %s.\n", text.Plural(v.traces, "trace"), text.Plural(v.spans, "span"))
	return nil
}

func (v *viewer) greet(r *receiver.Receiver) {
	v.Printf("Listening on %s for spans (OTLP over gRPC). Ctrl-C ends it.\n\n", r.Addr())
	v.Printf("Type this in another terminal, and run your program there:\n\n")
	v.Printf("  %s\n", v.Bold(shell.SetVariable(runtime.GOOS, "OTEL_EXPORTER_OTLP_ENDPOINT", jaeger.Reachable(r.Addr()))))
}

// step waits until something arrives, or a trace is due.
func (v *viewer) step(ctx context.Context, r *receiver.Receiver) {
	if due, ok := v.assembler.Next(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, due)
		defer cancel()
	}
	_ = r.Wait(ctx, func() bool { return v.take(r) }) // time is up, or Ctrl-C
	v.draw(v.assembler.Due(time.Now()))
}

// take takes what the receiver has got, and tells whether it had anything.
func (v *viewer) take(r *receiver.Receiver) bool {
	arrived, over := r.Take()
	v.spans += len(arrived)
	v.draw(v.assembler.Add(time.Now(), arrived))
	for _, connection := range over {
		v.remark(connection, jaeger.Reachable(r.Addr()))
	}
	return len(arrived)+len(over) > 0
}

func (v *viewer) draw(parts []traceview.Part) {
	for _, p := range parts {
		v.Printf("\n")
		if p.Again {
			v.Printf("%s\n", v.Bold(fmt.Sprintf("more of trace %.8s…: %s came later", p.Trace.ID, text.Plural(p.Late, "span"))))
		} else {
			v.traces++
		}
		options := v.Drawing()
		options.Attributes, options.Events = !v.brief, !v.brief
		_ = spans.Draw(v, p.Trace, options)
		v.remarked = ""
	}
}

// remark says what a client did wrong. A client tries again and again: the
// same remark is not made twice in a row.
func (v *viewer) remark(c receiver.Connection, endpoint string) {
	text := traceview.Mistake(c, endpoint)
	if text == "" || text == v.remarked {
		return
	}
	v.remarked = text
	v.Printf("\n%s %s\n", v.Red("!"), text)
}
