package receiver_test

import (
	"context"
	"crypto/tls"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"google.golang.org/grpc/credentials"

	"example.com/tracing-workshop/workshop/receiver"
	"example.com/tracing-workshop/workshop/spans"
)

func TestTakeForgetsSpansAndExports(t *testing.T) {
	r := listen(t, receiver.Accept())
	exporter := connect(t, r, noRetry)

	mustExport(t, exporter, "first", "second")
	taken, over := r.Take()
	checkNames(t, taken, "first", "second")
	if len(over) != 0 {
		t.Errorf("connections %+v are over, want none: the exporter is still there", over)
	}
	checkNames(t, r.Spans())
	checkExports(t, r)

	mustExport(t, exporter, "third")
	checkExports(t, r, "2: 1 span, OK")
	checkNames(t, taken, "first", "second")
	taken, _ = r.Take()
	checkNames(t, taken, "third")
}

func TestTakeKeepsUnansweredExport(t *testing.T) {
	answer := make(chan error)
	r := listen(t, receiver.Answer(func(context.Context, receiver.Export) error { return <-answer }))
	exporter := connect(t, r, noRetry)
	exported := make(chan error)
	go func() { exported <- exporter.ExportSpans(t.Context(), batch("late")) }()

	await(t, r, "the export", func() bool { return len(r.Exports()) == 1 })
	r.Take()
	checkExports(t, r, "1: 1 span, unanswered")
	answer <- nil
	if err := <-exported; err != nil {
		t.Fatal(err)
	}
	taken, _ := r.Take()
	checkNames(t, taken, "late")
}

func TestTakeGivesConnectionsThatEnded(t *testing.T) {
	r := listen(t, receiver.Accept())
	stays := connect(t, r, noRetry)
	mustExport(t, stays, "stays")

	leaves := connect(t, r, noRetry)
	mustExport(t, leaves, "leaves")
	if err := leaves.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	mistaken := connect(t, r, noRetry, otlptracegrpc.WithTLSCredentials(
		credentials.NewTLS(&tls.Config{ServerName: "collector.example"})))
	if err := mistaken.ExportSpans(t.Context(), batch("lost")); err == nil {
		t.Error("an export over TLS succeeded")
	}

	var taken []spans.Span
	over := map[receiver.Protocol]receiver.Connection{}
	await(t, r, "the end of two connections", func() bool {
		more, ended := r.Take()
		taken = append(taken, more...)
		for _, c := range ended {
			over[c.Protocol] = c
		}
		return len(over) == 2
	})
	checkNames(t, taken, "stays", "leaves")
	want := map[receiver.Protocol]receiver.Connection{
		receiver.HTTP2: {Protocol: receiver.HTTP2, Exports: 1},
		receiver.TLS:   {Protocol: receiver.TLS, ServerName: "collector.example"},
	}
	if diff := cmp.Diff(want, over, cmpopts.IgnoreFields(receiver.Connection{}, "Remote")); diff != "" {
		t.Errorf("connections that ended (-want +got):\n%s", diff)
	}

	mustExport(t, stays, "again")
	exports := r.Exports()
	if got := exports[len(exports)-1]; got.Number != 3 || got.Connection != 0 {
		t.Errorf("export %+v, want number 3 on connection 0", got)
	}
}
