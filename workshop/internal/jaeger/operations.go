package jaeger

import (
	"context"
	"errors"
	"net/url"
	"slices"
)

// Operations gives the names of the spans of a service, in order, each once.
func (c *Client) Operations(ctx context.Context, service string) ([]string, error) {
	var answer struct{ Operations []struct{ Name string } }
	err := c.getJSON(ctx, "operations", url.Values{"service": {service}}, &answer)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	names := []string{}
	for _, o := range answer.Operations {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
