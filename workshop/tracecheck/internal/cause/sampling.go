package cause

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// samplingCauses are of traces that are kept or thrown away by the wrong rule.
var samplingCauses = []Cause{
	sampled("environment-unreadable", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		for _, name := range []string{evidence.SamplerVariable, evidence.RatioVariable} {
			if evidence.Quoted(w.Variables[name]) {
				return fmt.Sprintf("The value of %s stands in quotes. Neither the shell line of the lesson nor docker --env-file takes them off: the SDK gets %s, and takes its default.", name, w.Variables[name])
			}
		}
		return ""
	}, "Write the value without quotes."),
	sampled("sampler-not-set", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if sampler != "" || !f.keptAll() {
			return ""
		}
		says := "Every trace is kept."
		if near := w.NearMiss(evidence.SamplerVariable); near != "" {
			says = fmt.Sprintf("services.env sets %s, which nobody reads.", near)
		}
		return says + " Without OTEL_TRACES_SAMPLER the SDK samples all traces that no caller has decided about."
	}, "Set OTEL_TRACES_SAMPLER=parentbased_traceidratio and OTEL_TRACES_SAMPLER_ARG=0.25."),
	sampled("sampler-always-off", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if f.Got != 0 || !strings.HasSuffix(sampler, "always_off") {
			return ""
		}
		return fmt.Sprintf("No trace is kept: the sampler %q says no to all of them.", sampler)
	}, "Use parentbased_traceidratio with the argument 0.25."),
	sampled("sampler-always-on", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if !strings.HasSuffix(sampler, "always_on") || !f.keptAll() {
			return ""
		}
		return fmt.Sprintf("Every trace is kept: that is what %s means, whatever the argument says.", sampler)
	}, "Use parentbased_traceidratio."),
	sampled("sampler-unknown", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		known := []string{"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}
		if sampler == "" || evidence.Quoted(sampler) || slices.Contains(known, sampler) || !f.keptAll() {
			return ""
		}
		return fmt.Sprintf("There is no sampler %q, so the SDK took its default, which keeps everything. It says so in the log of the services, once, at the start.", sampler)
	}, "Write parentbased_traceidratio."),
	sampled("sampler-argument", evidence.WrongShare, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		value, err := strconv.ParseFloat(ratio, 64)
		switch {
		case !strings.HasSuffix(sampler, "traceidratio") || evidence.Quoted(ratio):
			return ""
		case ratio == "" && w.NearMiss(evidence.RatioVariable) != "":
			return fmt.Sprintf("services.env sets %s, which nobody reads. Without OTEL_TRACES_SAMPLER_ARG the ratio is 1: every trace.", w.NearMiss(evidence.RatioVariable))
		case ratio == "":
			return "There is no ratio. Without OTEL_TRACES_SAMPLER_ARG it is 1: every trace."
		case err != nil || value < 0 || value > 1:
			return fmt.Sprintf("The ratio %q is not a number from 0 to 1, so the SDK took 1: every trace.", ratio)
		case value == 0.25:
			return ""
		}
		return fmt.Sprintf("The ratio is %s.", ratio)
	}, "Set OTEL_TRACES_SAMPLER_ARG=0.25. It is a share, not a percentage."),
	sampled("ratio-without-parent", evidence.Incomplete, func(f *Fault, w *evidence.Wiring, sampler, ratio string) string {
		if strings.HasPrefix(sampler, "parentbased") || sampler == "" {
			return ""
		}
		return fmt.Sprintf("The sampler %s does not ask what the caller has decided. Each service decides anew, and where two of them differ the trace has a hole.", sampler)
	}, "Use parentbased_traceidratio: who begins a trace decides, and all others follow."),
}

// keptAll tells whether nearly every trace was kept, as it is without a sampler
// that says no: a program can have one of its own.
func (f *Fault) keptAll() bool {
	kept, counted := f.Got.(int)
	requests, _ := f.Want.(int)
	return counted && kept > 0 && kept >= requests*9/10
}

func sampled(name string, of evidence.Shortfall, witness func(f *Fault, w *evidence.Wiring, sampler, ratio string) string, next string) Cause {
	return Cause{name: name, of: shortfalls{of}, fact: "the sampler that the services are told, and the share that they keep", next: next, witness: func(f *Fault) string {
		if f.Evidence.Jaeger == nil || f.Evidence.Jaeger.Wiring == nil {
			return ""
		}
		w := f.Evidence.Jaeger.Wiring // the SDK does not mind spaces and capitals
		return witness(f, w, strings.ToLower(strings.TrimSpace(w.Variables[evidence.SamplerVariable])), strings.TrimSpace(w.Variables[evidence.RatioVariable]))
	}}
}
