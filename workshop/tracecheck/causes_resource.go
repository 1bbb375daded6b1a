package tracecheck

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/sdk/resource"

	"example.com/tracing-workshop/workshop/tracecheck/spans"
)

// resourceCauses are of resources that do not say what they should.
var resourceCauses = []cause{
	{
		name:    "resource-error-ignored",
		of:      []Shortfall{NoResource},
		witness: "an attribute that the resource lacks, and two schema URLs in the program",
		refines: []string{"no-service-name", "service-name-on-span"},
		sees: func(f *finding) string {
			var other string
			for _, path := range f.source.imports("go.opentelemetry.io/otel/semconv/") {
				if version := path[strings.LastIndex(path, "/v")+2:]; !strings.HasSuffix(resource.Default().SchemaURL(), "/"+version) {
					other = version
				}
			}
			if other == "" || len(f.source.calls("resource.Merge", "resource.New", "resource.Detect")) == 0 {
				return ""
			}
			return fmt.Sprintf("The resource is made of two with different schema URLs: your semconv package is v%s, and the SDK's own resource says %s. That is an error, and nobody looked at it.", other, resource.Default().SchemaURL())
		},
		next: "Return the error that resource.Merge gives, and import the semconv package of the version that the SDK uses.",
	},
	{
		name:    "service-name-on-span",
		of:      []Shortfall{NoResource},
		witness: "the attribute on the span",
		refines: []string{"no-service-name"},
		sees: func(f *finding) string {
			if f.Span == nil || f.Span.Attributes.Get(f.Key) == nil {
				return ""
			}
			return fmt.Sprintf("%s is an attribute of the span. It tells what makes the spans, the same for all of them, so it belongs to the resource.", f.Key)
		},
		next: "Give it to the provider in a resource: sdktrace.WithResource.",
	},
	{
		name:    "no-service-name",
		of:      []Shortfall{NoResource, NoSpan},
		witness: "the name that the SDK makes up",
		refines: []string{"service-name-wrong"},
		sees: func(f *finding) string {
			name, isName := f.Got.(string)
			if f.What == NoSpan {
				twin := f.twinElsewhere()
				if twin == nil {
					return ""
				}
				name, isName = twin.Service(), twin.Service() != ""
			} else if f.Key != "service.name" {
				return ""
			}
			if !isName {
				return "Nothing says which service this is: your resource takes the place of the SDK's own, which would at least have made a name up."
			}
			if name != "" && !strings.HasPrefix(name, "unknown_service") {
				return ""
			}
			return fmt.Sprintf("Nothing says which service this is, so the SDK made a name up: %v.", name)
		},
		next: "Give the provider a resource with service.name: sdktrace.WithResource, semconv.ServiceName.",
	},
	{
		name:    "same-service-name",
		of:      []Shortfall{NoSpan},
		witness: "the span that arrived, under the name of the other service",
		refines: []string{"service-name-wrong"},
		sees: func(f *finding) string {
			twin := f.twinElsewhere()
			if twin == nil || f.evidence.process(twin.Service()) == nil {
				return ""
			}
			return fmt.Sprintf("The span %q is there, but its resource calls the service %s, too. Two services under one name look like one.", twin.Name, twin.Service())
		},
		next: "Give each service a resource with its own service.name.",
	},
	{
		name:    "service-name-wrong",
		of:      []Shortfall{NoSpan},
		witness: "the span that arrived, under another name",
		sees: func(f *finding) string {
			twin := f.twinElsewhere()
			if twin == nil {
				return ""
			}
			return fmt.Sprintf("The span %q is there, but its resource calls the service %q; the service is %s.", twin.Name, twin.Service(), f.Service)
		},
		next: "Give each service a resource with its own service.name.",
	},
	{
		name:    "resource-attribute-wrong",
		of:      []Shortfall{NoResource},
		general: true,
		sees: func(f *finding) string {
			if f.Got == nil {
				return fmt.Sprintf("The resource arrived, but it does not say %s.", f.Key)
			}
			return fmt.Sprintf("The resource says %s = %s.", f.Key, show(f.Got))
		},
		next: "Add the attribute to the resource, with its key from the semconv package.",
	},
}

// twinElsewhere gives a span that is as the one that was looked for, but for
// the name of its service; or nil.
func (f *finding) twinElsewhere() *spans.Span {
	if f.Service == "" || f.Name == "" {
		return nil
	}
	for i, s := range f.evidence.Spans() {
		if s.Service() != f.Service && s.Name == f.Name && s.Kind == f.Kind {
			return &f.evidence.Spans()[i]
		}
	}
	return nil
}
