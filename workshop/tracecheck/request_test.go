package tracecheck

import (
	"net/http"
	"testing"

	"example.com/tracing-workshop/workshop/spans"
)

// TestTellsWhy reads the reason of a failure wherever it is told.
func TestTellsWhy(t *testing.T) {
	const reason = `not the JSON of a joke: invalid character '<' after "ha"`
	attribute := func(key string, value any) func(*spans.Span) {
		return func(s *spans.Span) { s.Attributes = append(s.Attributes, spans.Attribute{Key: key, Value: value}) }
	}
	event := func(name string, attributes ...spans.Attribute) func(*spans.Span) {
		return func(s *spans.Span) {
			s.Events = append(s.Events, spans.Event{Name: name, Attributes: attributes})
		}
	}
	for name, c := range map[string]struct {
		span func(*spans.Span)
		told bool
	}{
		"an exception":                      {event("exception"), true},
		"a description":                     {func(s *spans.Span) { s.Status.Description = "no joke" }, true},
		"an attribute":                      {attribute("joke.error", reason), true},
		"words of the program's own":        {attribute("failure.reason", "it is HTML"), true},
		"a code":                            {attribute("error.type", "invalid_json"), true},
		"any key, and what the answer says": {attribute("note", reason), true},
		"an event's name":                   {event(reason), true},
		"an event's attribute":              {event("no joke", spans.Attribute{Key: "reason", Value: reason}), true},
		"an event about errors":             {event("error", spans.Attribute{Key: "text", Value: "it is HTML"}), true},
		"nothing":                           {func(*spans.Span) {}, false},
		"only that it failed":               {attribute("error", true), false},
		"only the status":                   {attribute("error.type", "502"), false},
		"only the type":                     {attribute("error.type", "*errors.errorString"), false},
		"words about something else":        {attribute("note", "asks for a joke"), false},
		"an event with two words only":      {event("no joke"), false},
	} {
		t.Run(name, func(t *testing.T) {
			e := &Evidence{
				Printed:   []spans.Span{span(spans.KindServer, "s", "", failed, c.span)},
				Exchanges: []*Exchange{{Status: http.StatusBadGateway, Body: `{"error": "no joke: not the JSON of a joke: invalid character '\u003c' after \"ha\""}`}},
			}
			if miss := TellsWhy(e); (miss == nil) != c.told {
				t.Errorf("TellsWhy misses %+v; want that it is told: %v", miss, c.told)
			}
		})
	}
}
