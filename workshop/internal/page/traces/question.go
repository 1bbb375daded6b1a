package traces

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/traceview"
)

// Question is what is asked for.
type Question struct {
	Filter traceview.Filter
	Since  time.Duration // how far to look back; 0 is all the time
	Limit  int           // how many traces at most
}

// Unclear is a question that cannot be understood.
type Unclear struct{ error }

func (e *Unclear) Unwrap() error { return e.error }

const (
	usualLimit = 20
	mostListed = 5000
)

// Ask reads a question from the query of a URL: service, operation, attribute
// (key=value, several), longer, shorter, errors, limit, since.
func Ask(values url.Values) (Question, error) {
	q := Question{Limit: usualLimit}
	f := &q.Filter
	f.Service, f.Operation = values.Get("service"), values.Get("operation")
	switch values.Get("errors") {
	case "", "0", "false":
	default:
		f.Failed = true
	}
	for _, text := range values["attribute"] {
		key, value, found := strings.Cut(text, "=")
		if key = strings.TrimSpace(key); text != "" && (!found || key == "") {
			return q, unclear("an attribute is a key and a value, as http.response.status_code=500, and not %q", text)
		}
		if text != "" {
			f.Attributes = append(f.Attributes, traceview.Attribute{Key: key, Value: strings.TrimSpace(value)})
		}
	}
	for name, into := range map[string]*time.Duration{"longer": &f.Longer, "shorter": &f.Shorter, "since": &q.Since} {
		text := values.Get(name)
		if text == "" {
			continue
		}
		length, err := time.ParseDuration(text)
		if err != nil || length < 0 {
			return q, unclear("%s is a number and a unit, as 500ms, 10m or 2h, and not %q", name, text)
		}
		*into = length
	}
	if text := values.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 {
			return q, unclear("limit is a number from 1 on, and not %q", text)
		}
		q.Limit = min(limit, mostListed)
	}
	return q, q.check()
}

func (q Question) check() error {
	f := q.Filter
	switch {
	case f.Operation != "" && f.Service == "":
		return unclear("an operation needs the service that it belongs to: choose a service as well")
	case f.Shorter != 0 && f.Service == "":
		return unclear("shorter needs a service, since nearly every trace has some short span: choose one as well")
	case f.Shorter != 0 && f.Shorter <= f.Longer:
		return unclear("no span takes at least %s and less than %s: make shorter the longer time", f.Longer, f.Shorter)
	}
	return nil
}

func unclear(format string, args ...any) error { return &Unclear{fmt.Errorf(format, args...)} }
