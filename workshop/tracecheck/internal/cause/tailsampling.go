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
		"A policy has no type, or one that tail_sampling does not have. Its name is your own, and its type is not.",
		"Take the type from the lesson: status_code, latency, probabilistic."),
	refused("policy-without-settings", "expected at least one status code to filter on",
		"A policy of the type status_code has no status_codes, or has them in another place than under a key status_code.",
		settingsBelong),
	refusedFor("policy-without-settings", []string{"'policies[", "expected type 'map[string]interface {}', got unconvertible type"},
		"A policy has a setting beside its name and its type. Settings stand one step further in, under a key that is called like the type.",
		settingsBelong).refining("value-of-wrong-kind"),
}

// settingsBelong says where the settings of a policy belong.
const settingsBelong = "Give the policy a key that is called like its type, and below that its settings, further in: latency, and below it threshold_ms."

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
		return fmt.Sprintf("decision_wait is %v%s, and the services send their spans of one trace %.1f s apart. What comes after the decision does not change it, so errors that came late did not count.",
			wait, unitless(wait), f.Evidence.Deployment.Apart.Seconds())
	}, "Wait longer than a trace needs to come in: as its slowest request takes, and as a service holds its spans back."),
	deciding("traces-pushed-out", shortfalls{evidence.Unkept, evidence.Torn}, "more traces than have room while they wait", func(f *Fault) string {
		room, _ := f.Evidence.Deployment.Setting(tailFile, "processors", f.tail(), "num_traces").(float64)
		sent := len(f.Evidence.Deployment.Fates())
		if !f.decides() || f.early() || int(room) >= sent {
			return ""
		}
		return fmt.Sprintf("num_traces is %.0f, and %d traces came while the first of them were waiting. The oldest is pushed out to make room, before anybody has decided about it.", room, sent)
	}, "Give num_traces room for all traces that come during decision_wait, and some more for late spans."),
	deciding("decided-twice", shortfalls{evidence.Unkept}, "several processors that decide, one after the other, and traces that are not kept", func(f *Fault) string {
		pipeline, all := f.inARow()
		if len(all) < 2 {
			return ""
		}
		return fmt.Sprintf("In the pipeline %s, %s decide one after the other. Each throws away what its own policies do not want, so a trace is kept only if all of them want it.", pipeline, listed(all))
	}, "Take one processor tail_sampling, and list all policies in it: there one that wants the trace is enough."),
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
	keeping("composite-limits", "", func(f *Fault) string {
		asking := f.asking(f.looks())
		of := func(kind string) func(evidence.Policy) bool {
			return func(p evidence.Policy) bool { return p.Type == kind }
		}
		if len(asking) == 0 || slices.ContainsFunc(f.policies(), of("drop")) || slices.ContainsFunc(asking, func(p evidence.Policy) bool { return p.Type != "composite" }) {
			return ""
		}
		limit, _ := asking[0].Number("max_total_spans_per_second")
		return fmt.Sprintf("The policy %s is of the type composite: it keeps max_total_spans_per_second at most, here %.0f, and of each part only its rate_allocation of that. A part that has none there keeps nothing.", asking[0].Name, limit)
	}, "List the parts as policies of their own, or give each of them a rate_allocation that is large enough."),
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
		if ms == 0 {
			return says + ". Every trace takes longer than nothing."
		}
		if ms < 1 {
			return says + ", whole ones: what is behind the point is cut off. Every trace takes longer than nothing."
		}
		return says + fmt.Sprintf(": every trace that takes %v counts as slow.", millis(ms))
	}, "Write threshold_ms: 200."),
	overmuch("policy-without-settings", func(f *Fault, p evidence.Policy) string {
		_, least := p.Number("threshold_ms")
		_, most := p.Number("upper_threshold_ms")
		if p.Type != "latency" || least || most {
			return ""
		}
		return f.withoutSettings(p, "threshold_ms") + " What is not said is 0, and every trace takes longer than nothing."
	}, settingsBelong),
	overmuch("rate-is-no-share", func(f *Fault, p evidence.Policy) string {
		return f.limitsRate(p)
	}, shareInstead),
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
	keeping("policy-without-settings", evidence.Others, func(f *Fault) string {
		for _, p := range f.asking(looksAtChance) {
			if _, ok := p.Number("sampling_percentage"); p.Type == "probabilistic" && !ok {
				return f.withoutSettings(p, "sampling_percentage") + " What is not said is 0, so it keeps nothing."
			}
		}
		return ""
	}, settingsBelong),
	keeping("rate-is-no-share", evidence.Others, func(f *Fault) string {
		for _, p := range f.policies() {
			if says := f.limitsRate(p); says != "" {
				return says
			}
		}
		return ""
	}, shareInstead),
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

const shareInstead = "Take the type probabilistic, with sampling_percentage: 10."

// limitsRate says of a policy that it keeps so many spans and not a share, where
// no other one is for the share.
func (f *Fault) limitsRate(p evidence.Policy) string {
	share := func(p evidence.Policy) bool { return p.Type == "probabilistic" }
	if rate, ok := p.Number("spans_per_second"); p.Type == "rate_limiting" && ok && len(f.asking(share)) == 0 {
		return fmt.Sprintf("The policy %s is of the type rate_limiting: it keeps up to %.0f spans a second, however many come. Which share that is depends on the traffic.", p.Name, rate)
	}
	return ""
}

// withoutSettings says of a policy that it lacks a setting.
func (f *Fault) withoutSettings(p evidence.Policy, setting string) string {
	says := fmt.Sprintf("The policy %s has no %s under %s.", p.Name, setting, p.Type)
	if len(p.Unread) > 0 {
		says += fmt.Sprintf(" Beside it stands %s, which nobody reads.", listed(p.Unread))
	}
	return says
}

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// policies gives those of the learner's file, or of the processors in pipelines if
// there are any.
func (f *Fault) policies() []evidence.Policy {
	deciding := f.components(tailFile, "processors", "tail_sampling")
	return slices.DeleteFunc(slices.Clone(f.Evidence.Deployment.Part(tailFile).Policies), func(p evidence.Policy) bool {
		return len(deciding) > 0 && !slices.Contains(deciding, p.Processor)
	})
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
	return listed(says)
}

// listed gives words with commas between them, and the last one after "and".
func listed(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
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
func (f *Fault) tail() string { return f.component(tailFile, "processors", "tail_sampling") }

// inARow gives the processors that decide in a pipeline, where there is more than
// one.
func (f *Fault) inARow() (pipeline string, all []string) {
	pipelines, _ := f.Evidence.Deployment.Setting(tailFile, "service", "pipelines").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		named := texts(f.Evidence.Deployment.Setting(tailFile, "service", "pipelines", name, "processors"))
		deciding := slices.DeleteFunc(named, func(id string) bool { return kindOf(id) != "tail_sampling" })
		if len(deciding) > 1 {
			return name, deciding
		}
	}
	return "", nil
}

func (f *Fault) decides() bool { return f.tail() != "" }

func (f *Fault) inPipeline(kind string) bool { return f.component(tailFile, "processors", kind) != "" }

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
