package cause

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
)

// tailFile is the learner's configuration of a collector that decides late.
const tailFile = "tail-sampling.yaml"

// tailSamplingCauses are of a collector that keeps other traces than it should.
var tailSamplingCauses = slices.Concat(policyRefusals, decidingCauses, policyCauses, shareCauses)

// policyRefusals are of a policy that does not come to be.
var policyRefusals = []Cause{
	refused("status-code-unknown", "unknown status code",
		"A span's status is one of three: OK, ERROR and UNSET, in capital letters.",
		"Write status_codes: [ERROR]."),
	refused("policy-type-unknown", "unknown sampling policy type",
		"There is no type of policy of that name. A policy has a name of your own, and a type of those that tail_sampling has.",
		"Take the type from the lesson: status_code, latency, probabilistic."),
}

// decidingCauses are of a processor that cannot decide as the policies say.
var decidingCauses = []Cause{
	deciding("tail-sampling-not-in-pipeline", shortfalls{evidence.Kept}, "a processor that no pipeline names, and traces that all are kept", func(f *Fault) string {
		if !f.describesTail() || f.decides() {
			return ""
		}
		return "The processor tail_sampling is described, and no pipeline names it. So nobody decides, and all traces are kept."
	}, "Name it in service.pipelines.traces: processors: [tail_sampling, batch]."),
	deciding("no-policies", shortfalls{evidence.Unkept}, "no policy in the file, and a processor that decides", func(f *Fault) string {
		if !f.decides() || len(f.policies()) > 0 {
			return ""
		}
		return "tail_sampling has no policies. A trace is kept if one of them wants it, so none is kept."
	}, "Under policies, list one for errors, one for slow traces, and one for a share of all."),
	deciding("decided-too-early", shortfalls{evidence.Unkept, evidence.Torn}, "a wait that is shorter than the time between the first and the last spans of a trace", func(f *Fault) string {
		wait := f.wait()
		if !f.decides() || wait >= f.Evidence.Deployment.Apart {
			return ""
		}
		return fmt.Sprintf("decision_wait is %v, and the services send their spans of one trace %.1f s apart. What comes after the decision does not change it, so errors that came late did not count.",
			wait, f.Evidence.Deployment.Apart.Seconds())
	}, "Wait longer than a trace needs to come in: as its slowest request takes, and as a service holds its spans back."),
	deciding("traces-pushed-out", shortfalls{evidence.Unkept, evidence.Torn}, "more traces than have room while they wait", func(f *Fault) string {
		room, _ := f.Evidence.Deployment.Setting(tailFile, "processors", f.tail(), "num_traces").(float64)
		sent := len(f.Evidence.Deployment.Fates())
		if !f.decides() || f.early() || int(room) >= sent {
			return ""
		}
		return fmt.Sprintf("num_traces is %.0f, and %d traces came while the first of them were waiting. The oldest is pushed out to make room, before anybody has decided about it.", room, sent)
	}, "Give num_traces room for all traces that come during decision_wait, and some more for late spans."),
	deciding("filter-tears", shortfalls{evidence.Torn}, "a processor that throws single spans away, and traces without these spans", func(f *Fault) string {
		if f.early() || !f.inPipeline("filter") {
			return ""
		}
		return fmt.Sprintf("The processor filter looks at one span at a time, and throws away those that it fits. What is left of a trace lacks them, as %s of %s here.", f.Span.Name, f.Span.Service())
	}, "Leave filter out, and let a policy decide about whole traces."),
}

// policyCauses are of traces that no policy keeps, though one should.
var policyCauses = []Cause{
	keeping("errors-not-asked-for", evidence.Failures, func(f *Fault) string {
		if len(f.asking(looksAtErrors)) > 0 || f.unknownKey() != "" {
			return ""
		}
		return f.list() + " None of them asks for the status Error, so a trace with an error is kept by chance only."
	}, "Add a policy of the type status_code, with status_codes: [ERROR]."),
	keeping("slow-not-asked-for", evidence.SlowOnes, func(f *Fault) string {
		if len(f.asking(looksAtTime)) > 0 || f.unknownKey() != "" {
			return ""
		}
		return f.list() + " None of them asks how long a trace took, so a slow one is kept by chance only."
	}, "Add a policy of the type latency, with threshold_ms: 200."),
	keeping("and-demands-all", "", func(f *Fault) string {
		for _, p := range f.asking(f.looks()) {
			if p.Type == "and" && !f.alone(f.looks()) {
				return fmt.Sprintf("The policy %s is of the type and: it keeps a trace that all its parts want, %s. A trace that only one of them wants is not kept.", p.Name, names(p.Parts))
			}
		}
		return ""
	}, "List them as policies of their own: one that wants the trace is enough."),
	keeping("drop-wins", "", func(f *Fault) string {
		for _, p := range f.policies() {
			if p.Type == "drop" && f.alone(f.looks()) {
				return fmt.Sprintf("The policy %s is of the type drop. What it fits is thrown away, whatever other policies want: errors and slow traces, too.", p.Name)
			}
		}
		return ""
	}, "Leave the drop policy out, or let it fit only what nobody will ever look for."),
	keeping("attribute-unknown", "", func(f *Fault) string {
		key := f.unknownKey()
		if key == "" || len(f.asking(f.looks())) > 0 {
			return ""
		}
		return fmt.Sprintf("A policy asks for the attribute %s, which no span has, and no resource.", key)
	}, "Look at a span for the name, as http.response.status_code, or ask for the status: status_code."),
	keeping("latency-threshold-too-high", evidence.SlowOnes, func(f *Fault) string {
		for _, p := range f.policies() {
			if ms, ok := p.Number("threshold_ms"); ok && p.Type == "latency" && millis(ms) > f.Evidence.Deployment.Slow {
				return fmt.Sprintf("threshold_ms is %v, and counts milliseconds: that is %v.", ms, millis(ms))
			}
		}
		return ""
	}, "Write threshold_ms: 200."),
}

// shareCauses are of a share of ordinary traces that is too large or too small.
var shareCauses = []Cause{
	overmuch("always-sample", func(f *Fault, p evidence.Policy) string {
		if p.Type != "always_sample" {
			return ""
		}
		return fmt.Sprintf("The policy %s is of the type always_sample: it wants every trace, and one policy that wants a trace is enough.", p.Name)
	}, "Take it away."),
	overmuch("unset-is-no-error", func(f *Fault, p evidence.Policy) string {
		codes := p.Words("status_codes")
		if p.Type != "status_code" || !slices.Contains(codes, "UNSET") && !slices.Contains(codes, "OK") {
			return ""
		}
		return fmt.Sprintf("The policy %s wants traces with the status %s. A span that went well has the status Unset, so every trace has such spans.", p.Name, strings.Join(codes, " or "))
	}, "Write status_codes: [ERROR], and nothing else."),
	overmuch("latency-threshold-too-low", func(f *Fault, p evidence.Policy) string {
		ms, ok := p.Number("threshold_ms")
		if p.Type != "latency" || !ok || millis(ms) >= evidence.Quick(f.Evidence.Deployment.Slow) {
			return ""
		}
		says := fmt.Sprintf("threshold_ms is %v, and counts milliseconds", ms)
		if ms < 1 {
			return says + ", whole ones: what is behind the point is cut off. Every trace takes longer than nothing."
		}
		return says + fmt.Sprintf(": every trace that takes %v counts as slow.", millis(ms))
	}, "Write threshold_ms: 200."),
	overmuch("share-too-large", func(f *Fault, p evidence.Policy) string {
		percent, ok := p.Number("sampling_percentage")
		if p.Type != "probabilistic" || !ok || percent <= evidence.MostShare {
			return ""
		}
		return fmt.Sprintf("sampling_percentage is %v: so many of a hundred traces are kept, whatever is in them.", percent)
	}, "Write sampling_percentage: 10."),
	keeping("share-not-asked-for", evidence.Others, func(f *Fault) string {
		if len(f.asking(looksAtChance)) > 0 {
			return ""
		}
		return f.list() + " None of them is of the type probabilistic, so you never see what is normal."
	}, "Add a policy of the type probabilistic, with sampling_percentage: 10."),
	keeping("fraction-not-percent", evidence.Others, func(f *Fault) string {
		return f.percentage(0, 1, "sampling_percentage is %v, and counts percent: that is one trace of %.0f.")
	}, "Write sampling_percentage: 10 for one in ten."),
	keeping("share-too-small", evidence.Others, func(f *Fault) string {
		return f.percentage(1, evidence.LeastShare, "sampling_percentage is %v: that is one trace of %.0f.")
	}, "Write sampling_percentage: 10."),
}

// deciding is a cause that lies in the processor.
func deciding(name string, of shortfalls, fact string, witness func(*Fault) string, next string) Cause {
	return Cause{name: name, of: of, fact: fact, next: next, witness: func(f *Fault) string {
		if f.Evidence.Deployment == nil || f.Evidence.Deployment.Part(tailFile) == nil {
			return ""
		}
		return witness(f)
	}}
}

// keeping is a cause that lies in policies which do not want traces of a class, or
// of any if class is "".
func keeping(name, class string, witness func(*Fault) string, next string) Cause {
	return deciding(name, shortfalls{evidence.Unkept}, "the policies of the file, and traces that are not kept", func(f *Fault) string {
		if class != "" && f.Key != class || !f.decides() || f.early() || f.crowded() || len(f.policies()) == 0 {
			return ""
		}
		return witness(f)
	}, next)
}

// overmuch is a cause that lies in a policy which wants too many traces.
func overmuch(name string, witness func(*Fault, evidence.Policy) string, next string) Cause {
	return deciding(name, shortfalls{evidence.Kept}, "a policy of the file, and traces that are kept", func(f *Fault) string {
		if !f.decides() {
			return ""
		}
		for _, p := range f.policies() {
			if says := witness(f, p); says != "" {
				return says
			}
		}
		return ""
	}, next)
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// policies gives those of the learner's file.
func (f *Fault) policies() []evidence.Policy {
	return f.Evidence.Deployment.Part(tailFile).Policies
}

// list says which policies there are.
func (f *Fault) list() string {
	if all := f.policies(); len(all) > 1 {
		return "The policies are " + names(all) + "."
	}
	return "The only policy is " + names(f.policies()) + "."
}

// names gives policies with their types.
func names(all []evidence.Policy) string {
	var says []string
	for _, p := range all {
		says = append(says, fmt.Sprintf("%s (%s)", p.Name, p.Type))
	}
	if len(says) < 2 {
		return strings.Join(says, "")
	}
	return strings.Join(says[:len(says)-1], ", ") + " and " + says[len(says)-1]
}

// asking gives the policies that look at something, alone or beside other things.
// A drop policy asks for nothing, and one that asks for an attribute which no span
// has gets nothing.
func (f *Fault) asking(looks func(evidence.Policy) bool) []evidence.Policy {
	return slices.DeleteFunc(slices.Clone(f.policies()), func(p evidence.Policy) bool {
		return p.Type == "drop" || f.unknownKeyOf(p) != "" || !slices.ContainsFunc(p.Leaves(), looks)
	})
}

// alone tells whether a policy looks at that, and at nothing beside it.
func (f *Fault) alone(looks func(evidence.Policy) bool) bool {
	return slices.ContainsFunc(f.asking(looks), func(p evidence.Policy) bool { return p.Type != "and" })
}

// looks is what a policy has to look at to keep the traces that are not kept.
func (f *Fault) looks() func(evidence.Policy) bool {
	switch f.Key {
	case evidence.Failures:
		return looksAtErrors
	case evidence.SlowOnes:
		return looksAtTime
	}
	return looksAtChance
}

func looksAtErrors(p evidence.Policy) bool {
	switch p.Type {
	case "status_code":
		return slices.Contains(p.Words("status_codes"), "ERROR")
	case "ottl_condition":
		return strings.Contains(fmt.Sprint(p.Settings), "status")
	}
	key := strings.Join(p.Words("key"), "")
	return strings.Contains(key, "status") || strings.Contains(key, "error") || p.Type == "always_sample"
}

func looksAtTime(p evidence.Policy) bool {
	return p.Type == "latency" || p.Type == "always_sample" || p.Type == "ottl_condition" && strings.Contains(fmt.Sprint(p.Settings), "time")
}

func looksAtChance(p evidence.Policy) bool {
	return slices.Contains([]string{"probabilistic", "always_sample", "rate_limiting"}, p.Type)
}

// percentage says something of a policy whose share is from least to below.
func (f *Fault) percentage(least, below float64, says string) string {
	for _, p := range f.policies() {
		percent, ok := p.Number("sampling_percentage")
		if p.Type == "probabilistic" && ok && percent > 0 && percent >= least && percent < below {
			return fmt.Sprintf(says, percent, 100/percent)
		}
	}
	return ""
}

// unknownKey gives an attribute that a policy asks for and that no span has.
func (f *Fault) unknownKey() string {
	for _, p := range f.policies() {
		if key := f.unknownKeyOf(p); key != "" {
			return key
		}
	}
	return ""
}

func (f *Fault) unknownKeyOf(p evidence.Policy) string {
	for _, leaf := range p.Leaves() {
		key := strings.Join(leaf.Words("key"), "")
		if strings.HasSuffix(leaf.Type, "_attribute") && key != "" && !f.sentAttribute(key) {
			return key
		}
	}
	return ""
}

func (f *Fault) sentAttribute(key string) bool {
	sent, _ := f.Evidence.Deployment.Sent()
	for _, s := range sent {
		if s.Attributes.Get(key) != nil || s.Resource.Get(key) != nil {
			return true
		}
	}
	return false
}

// tail gives the id of the processor that decides, or "".
func (f *Fault) tail() string { return f.processor("tail_sampling") }

// processor gives the id of a processor of a kind that a pipeline names, or "".
func (f *Fault) processor(kind string) string {
	pipelines, _ := f.Evidence.Deployment.Setting(tailFile, "service", "pipelines").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		named, _ := f.Evidence.Deployment.Setting(tailFile, "service", "pipelines", name, "processors").([]any)
		for _, id := range named {
			if id, ok := id.(string); ok && kindOf(id) == kind {
				return id
			}
		}
	}
	return ""
}

func (f *Fault) decides() bool { return f.tail() != "" }

func (f *Fault) inPipeline(kind string) bool { return f.processor(kind) != "" }

// describesTail tells whether the processor is described, in a pipeline or not.
func (f *Fault) describesTail() bool {
	described, _ := f.Evidence.Deployment.Setting(tailFile, "processors").(map[string]any)
	for id := range described {
		if kindOf(id) == "tail_sampling" {
			return true
		}
	}
	return false
}

// wait is how long the processor waits before it decides.
func (f *Fault) wait() time.Duration {
	wait, _ := f.Evidence.Deployment.Setting(tailFile, "processors", f.tail(), "decision_wait").(float64)
	return time.Duration(wait)
}

// early tells whether it decides before all spans of a trace can be there.
func (f *Fault) early() bool { return f.decides() && f.wait() < f.Evidence.Deployment.Apart }

// crowded tells whether there is no room for all traces that wait.
func (f *Fault) crowded() bool {
	room, ok := f.Evidence.Deployment.Setting(tailFile, "processors", f.tail(), "num_traces").(float64)
	return ok && int(room) < len(f.Evidence.Deployment.Fates())
}
