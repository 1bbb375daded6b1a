package jaeger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/spans"
)

// Operation is what a service does.
type Operation struct {
	Service, Name string
}

// Rate is how an operation did of late, as Jaeger's page Monitor shows it.
type Rate struct {
	Operation
	Calls     float64             // a second
	Errors    float64             // the share of calls that failed
	Latencies map[float64]float64 // for a quantile, as 0.95, in the unit of the metrics
}

// RateQuery says of what rates are asked.
type RateQuery struct {
	Services  []string
	Kind      spans.Kind    // of the spans
	Per       time.Duration // the time that a rate is the mean of; whole seconds
	Quantiles []float64
}

// Rates gives what Jaeger knows at this moment about operations, from the
// database for metrics that it reads, by service and name. An operation that it
// knows nothing about is left out.
func (c *Client) Rates(ctx context.Context, q RateQuery) ([]Rate, error) {
	calls, err := c.performance(ctx, "calls", q.values())
	if err != nil {
		return nil, err
	}
	errors, err := c.performance(ctx, "errors", q.values())
	if err != nil {
		return nil, err
	}
	latencies := map[float64]map[Operation]float64{}
	for _, quantile := range q.Quantiles {
		v := q.values()
		v.Set("quantile", strconv.FormatFloat(quantile, 'f', -1, 64))
		if latencies[quantile], err = c.performance(ctx, "latencies", v); err != nil {
			return nil, err
		}
	}
	var all []Rate
	for operation, a := range calls {
		r := Rate{Operation: operation, Calls: a, Errors: errors[operation], Latencies: map[float64]float64{}}
		for quantile, of := range latencies {
			if latency, known := of[operation]; known {
				r.Latencies[quantile] = latency
			}
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Rate) int { return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name)) })
	return all, nil
}

func (q RateQuery) values() url.Values {
	const step = time.Second
	return url.Values{
		"service":          q.Services,
		"groupByOperation": {"true"},
		"spanKind":         {string(q.Kind)},
		"endTs":            {strconv.FormatInt(time.Now().UnixMilli(), 10)},
		"lookback":         {strconv.FormatInt((2 * step).Milliseconds(), 10)},
		"step":             {strconv.FormatInt(step.Milliseconds(), 10)},
		"ratePer":          {strconv.FormatInt(q.Per.Milliseconds(), 10)},
	}
}

// performance gives the last value of each operation.
func (c *Client) performance(ctx context.Context, what string, v url.Values) (map[Operation]float64, error) {
	status, body, err := c.get(ctx, "/api/metrics/"+what+"?"+v.Encode())
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the question for %s is refused by Jaeger: %s", what, refusal(status, body))
	}
	var answer struct{ Metrics []series }
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("the answer to the question for %s is none that the workshop knows: %w", what, err)
	}
	values := map[Operation]float64{}
	for _, s := range answer.Metrics {
		if value, known := s.last(); known {
			values[s.operation()] = value
		}
	}
	return values, nil
}

// refusal gives what an answer says about itself.
func refusal(status int, body []byte) string {
	var answer struct{ Errors []struct{ Msg string } }
	if json.Unmarshal(body, &answer) == nil && len(answer.Errors) > 0 {
		return answer.Errors[0].Msg
	}
	if text := strings.TrimSpace(string(body)); text != "" {
		return text
	}
	return http.StatusText(status)
}

// series is one of an answer.
type series struct {
	Labels       []struct{ Name, Value string }
	MetricPoints []struct {
		GaugeValue struct{ DoubleValue any }
	}
}

func (s series) operation() (o Operation) {
	for _, l := range s.Labels {
		switch l.Name {
		case "service_name":
			o.Service = l.Value
		case "operation":
			o.Name = l.Value
		}
	}
	return o
}

// last gives the last value that is a number: what is no number, as the share of
// nothing, comes as the word NaN.
func (s series) last() (float64, bool) {
	for i := len(s.MetricPoints) - 1; i >= 0; i-- {
		if value, ok := s.MetricPoints[i].GaugeValue.DoubleValue.(float64); ok && !math.IsInf(value, 0) {
			return value, true
		}
	}
	return 0, false
}
