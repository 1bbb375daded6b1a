package cause

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/sdk/resource"

	"example.com/tracing-workshop/workshop/spans"
	"example.com/tracing-workshop/workshop/tracecheck/internal/evidence"
	"example.com/tracing-workshop/workshop/tracecheck/internal/source"
)

// resourceCauses are of resources that do not say what they should.
var resourceCauses = []Cause{
	{
		name:    "resource-error-ignored",
		of:      shortfalls{evidence.NoResource},
		fact:    "a resource without anything of the program's, and two schema URLs in the program",
		refines: []string{"no-service-name", "service-name-on-span"},
		witness: func(f *Fault) string {
			var other string
			for _, path := range f.Source.Imports("go.opentelemetry.io/otel/semconv/") {
				if version := path[strings.LastIndex(path, "/v")+2:]; !strings.HasSuffix(resource.Default().SchemaURL(), "/"+version) {
					other = version
				}
			}
			// Parts without a schema URL do not conflict, and what is lost is all that
			// the program says.
			if other == "" || !f.Source.UsesSchemaURL() || len(f.Source.Calls("resource.Merge", "resource.New", "resource.Detect")) == 0 || f.ownResource() {
				return ""
			}
			return fmt.Sprintf("The resource is made of two with different schema URLs: your semconv package is v%s, and the SDK's own resource says %s. That is an error, and nobody looked at it.", other, resource.Default().SchemaURL())
		},
		next: "Return the error that resource.Merge gives, and import the semconv package of the version that the SDK uses.",
	},
	{
		name:    "resource-overridden",
		of:      shortfalls{evidence.NoResource},
		fact:    "the name that the SDK makes up, in a resource that the SDK's own is merged into",
		refines: []string{"no-service-name"},
		witness: func(f *Fault) string {
			name, isText := f.Got.(string)
			if f.Key != "service.name" || !isText || !strings.HasPrefix(name, "unknown_service") || !f.ownResource() {
				return ""
			}
			for _, c := range f.Source.Calls("resource.Merge") {
				if len(c.Args) == 2 && isCall(c.Args[1], "Default") && !isCall(c.Args[0], "Default") {
					return fmt.Sprintf("resource.Merge (%s) is given the SDK's own resource as the second one, and where both have an attribute, the second wins: the name that the SDK makes up overrides yours.", f.Source.At(c))
				}
			}
			return ""
		},
		next: "Give resource.Merge the SDK's resource first, and yours second: resource.Merge(resource.Default(), ...).",
	},
	{
		name:    "service-name-on-span",
		of:      shortfalls{evidence.NoResource},
		fact:    "the attribute on the span",
		refines: []string{"no-service-name", "resource-overridden"},
		witness: func(f *Fault) string {
			if f.Span == nil || f.Span.Attributes.Get(f.Key) == nil {
				return ""
			}
			return fmt.Sprintf("%s is an attribute of the span. It tells what makes the spans, the same for all of them, so it belongs to the resource.", f.Key)
		},
		next: "Give it to the provider in a resource: sdktrace.WithResource.",
	},
	{
		name:    "no-service-name",
		of:      shortfalls{evidence.NoResource, evidence.NoSpan},
		fact:    "the name that the SDK makes up",
		refines: []string{"service-name-wrong"},
		witness: func(f *Fault) string {
			name, isName := f.Got.(string)
			if f.What == evidence.NoSpan {
				twin := f.twinElsewhere()
				if twin == nil {
					return ""
				}
				name, isName = twin.Service(), twin.Service() != ""
			} else if f.Key != "service.name" {
				return ""
			}
			if name != "" && !strings.HasPrefix(name, "unknown_service") {
				return ""
			}
			if places := f.Source.ServiceNames(); len(places) > 0 {
				if !isName {
					name = "nothing"
				}
				return fmt.Sprintf("The resource calls the service %s. The program has a name for it%s, and that does not get there: it is not given to the provider, comes too late, or is overridden (of two resources, resource.Merge prefers the second).", name, f.Source.Places(places))
			}
			if !isName {
				return "Nothing says which service this is: your resource takes the place of the SDK's own, which would at least have made a name up."
			}
			return fmt.Sprintf("Nothing says which service this is, so the SDK made a name up: %v.", name)
		},
		next: "Give the provider a resource with service.name: sdktrace.WithResource, semconv.ServiceName.",
	},
	{
		name:    "same-service-name",
		of:      shortfalls{evidence.NoSpan},
		fact:    "the span that arrived, under the name of the other service",
		refines: []string{"service-name-wrong"},
		witness: func(f *Fault) string {
			twin := f.twinElsewhere()
			if twin == nil || f.Evidence.Process(twin.Service()) == nil {
				return ""
			}
			return fmt.Sprintf("The span %q is there, but its resource calls the service %s, too. Two services under one name look like one.", twin.Name, twin.Service())
		},
		next: "Give each service a resource with its own service.name.",
	},
	{
		name: "service-name-wrong",
		of:   shortfalls{evidence.NoSpan},
		fact: "the span that arrived, under another name",
		witness: func(f *Fault) string {
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
		of:      shortfalls{evidence.NoResource},
		general: true,
		witness: func(f *Fault) string {
			if f.Got == nil {
				return fmt.Sprintf("The resource arrived, but it does not say %s.", f.Key)
			}
			return fmt.Sprintf("The resource says %s = %s.", f.Key, evidence.Show(f.Got))
		},
		next: "Add the attribute to the resource, with its key from the semconv package.",
	},
}

// ownResource tells whether the resource of the span in question says something
// that neither the SDK nor a variable of the environment says by itself.
func (f *Fault) ownResource() bool {
	if f.Span == nil {
		return false
	}
	return slices.ContainsFunc(f.Span.Resource, func(attr spans.Attribute) bool {
		name, _ := attr.Value.(string)
		switch {
		case attr.Key == "service.name":
			return !strings.HasPrefix(name, "unknown_service")
		case attr.Key == "service.instance.id":
			return false
		}
		return !strings.HasPrefix(attr.Key, "telemetry.sdk.") && !f.fromEnvironment(attr.Key)
	})
}

// fromEnvironment tells whether OTEL_RESOURCE_ATTRIBUTES gives the program that
// attribute (OpenTelemetry specification, Resource SDK: pairs with commas between
// them).
func (f *Fault) fromEnvironment(key string) bool {
	return slices.ContainsFunc(f.process().Environment(), func(variable string) bool {
		pairs, found := strings.CutPrefix(variable, "OTEL_RESOURCE_ATTRIBUTES=")
		return found && slices.ContainsFunc(strings.Split(pairs, ","), func(pair string) bool {
			name, _, _ := strings.Cut(pair, "=")
			return strings.TrimSpace(name) == key
		})
	})
}

// isCall tells whether an expression is a call of a function of that name.
func isCall(expr ast.Expr, name string) bool {
	c, ok := expr.(*ast.CallExpr)
	return ok && source.DescribeCall(c).Name == name
}

// twinElsewhere gives a span that is as the one that was looked for, but for
// the name of its service; or nil.
func (f *Fault) twinElsewhere() *spans.Span {
	if f.Service == "" || f.Name == "" {
		return nil
	}
	for i, s := range f.Evidence.Spans() {
		if s.Service() != f.Service && s.Name == f.Name && s.Kind == f.Kind {
			return &f.Evidence.Spans()[i]
		}
	}
	return nil
}
