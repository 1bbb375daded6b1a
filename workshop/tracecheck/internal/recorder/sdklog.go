package recorder

import (
	"fmt"
	"log"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/stdr"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/tracing-workshop/workshop/tracecheck/internal/facts"
)

// providerLog receives the SDK's own log, in which every new tracer provider
// announces itself with its configuration.
type providerLog struct {
	logr.LogSink // for errors, as OpenTelemetry would log them by default
	notes        *facts.Notebook
}

// errorsOnly is OpenTelemetry's default: errors go to stderr, nothing else.
func errorsOnly() logr.LogSink {
	return stdr.New(log.New(os.Stderr, "", log.LstdFlags|log.Lshortfile)).GetSink()
}

func (p *providerLog) Enabled(int) bool { return true }

func (p *providerLog) Info(_ int, message string, pairs ...any) {
	if export := exportIn(message, pairs); export != nil {
		p.notes.Write(facts.Note{Export: export})
		return
	}
	if strings.HasPrefix(message, "limit reached: ") {
		p.notes.Write(facts.Note{Limit: message})
		return
	}
	if message != "TracerProvider created" || len(pairs) < 2 {
		return
	}
	config, ok := pairs[1].(logr.Marshaler)
	if !ok {
		return
	}
	p.notes.Write(facts.Note{Provider: describeProvider(config.MarshalLog())})
}

func (p *providerLog) WithValues(...any) logr.LogSink { return p }

func (p *providerLog) WithName(string) logr.LogSink { return p }

// describeProvider reads the struct that the SDK logs of a new provider. A
// field that another version of the SDK lacks is left empty.
func describeProvider(config any) *facts.ProviderNote {
	fields := reflect.Indirect(reflect.ValueOf(config))
	var n facts.ProviderNote
	if processors, ok := fieldOf(fields, "SpanProcessors").([]sdktrace.SpanProcessor); ok {
		for _, p := range processors {
			n.Processors = append(n.Processors, fmt.Sprintf("%T", p))
		}
	}
	n.Sampler, _ = fieldOf(fields, "SamplerType").(string)
	return &n
}

func fieldOf(v reflect.Value, name string) any {
	if v.Kind() != reflect.Struct {
		return nil
	}
	field := v.FieldByName(name)
	if !field.IsValid() {
		return nil
	}
	return field.Interface()
}

// exportIn reads what the SDK logs when it exports a batch.
func exportIn(message string, pairs []any) *facts.Export {
	if message != "exporting spans" || len(pairs) < 4 {
		return nil
	}
	spans, isInt := pairs[1].(int)
	dropped, isCount := pairs[3].(uint32)
	if !isInt || !isCount {
		return nil
	}
	return &facts.Export{Time: time.Now(), Spans: spans, Dropped: int(dropped)}
}
