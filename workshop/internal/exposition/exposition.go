// Package exposition reads pages of metrics, in the text format in which
// Prometheus is shown them.
package exposition

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sample is one line of a page: a series, and its value.
type Sample struct {
	Name   string
	Labels map[string]string
	Value  float64 // may be infinite, or no number
}

// Samples are all lines of a page, in their order.
type Samples []Sample

// Parse reads a page. The comments, which say what is measured, are left out.
func Parse(page string) (Samples, error) {
	var all Samples
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("this line of a page of metrics cannot be read: %s: %w", line, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func parseLine(line string) (s Sample, err error) {
	s.Labels = map[string]string{}
	end := strings.IndexAny(line, "{ \t")
	if end < 0 {
		return s, errors.New("it has no value")
	}
	s.Name = line[:end]
	rest := line[end:]
	if strings.HasPrefix(rest, "{") {
		if rest, err = parseLabels(rest[1:], s.Labels); err != nil {
			return s, err
		}
	}
	fields := strings.Fields(rest) // a time may follow
	if len(fields) == 0 {
		return s, errors.New("it has no value")
	}
	s.Value, err = strconv.ParseFloat(fields[0], 64)
	return s, err
}

// parseLabels reads labels up to the brace that closes them, and gives what
// follows.
func parseLabels(text string, into map[string]string) (rest string, err error) {
	for {
		text = strings.TrimLeft(text, ", \t")
		if after, over := strings.CutPrefix(text, "}"); over {
			return after, nil
		}
		name, value, found := strings.Cut(text, "=")
		if !found {
			return "", errors.New("its labels do not end")
		}
		quoted, err := strconv.QuotedPrefix(strings.TrimSpace(value))
		if err != nil {
			return "", fmt.Errorf("the label %s has no value in quotes", name)
		}
		if into[strings.TrimSpace(name)], err = strconv.Unquote(quoted); err != nil {
			return "", err
		}
		text = strings.TrimSpace(value)[len(quoted):]
	}
}

// Named gives the samples of a name.
func (s Samples) Named(name string) Samples {
	return s.which(func(sample Sample) bool { return sample.Name == name })
}

// With gives the samples that have all these labels: their names and values, one
// after the other.
func (s Samples) With(labels ...string) Samples {
	return s.which(func(sample Sample) bool { return sample.has(labels) })
}

func (s Samples) which(fits func(Sample) bool) Samples {
	return slices.DeleteFunc(slices.Clone(s), func(sample Sample) bool { return !fits(sample) })
}

func (s Sample) has(labels []string) bool {
	for pair := range slices.Chunk(labels, 2) {
		if s.Labels[pair[0]] != pair[1] {
			return false
		}
	}
	return true
}

// Sum gives the values of samples together.
func (s Samples) Sum() float64 {
	sum := 0.0
	for _, sample := range s {
		if !math.IsNaN(sample.Value) {
			sum += sample.Value
		}
	}
	return sum
}
