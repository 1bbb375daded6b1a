package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

const (
	maxN       = 10_000_000
	maxWorkers = 64
)

// compute answers GET /compute?n=1000&workers=4.
func (c computer) compute(w http.ResponseWriter, r *http.Request) {
	n, workers, err := parseCompute(r.URL)
	if err != nil {
		// The caller's mistake, not ours: the server span gets the status code
		// 400 and no error, and there is no computation to make a span for.
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	sum, err := c.heavyComputation(r.Context(), n, workers)
	if err != nil {
		writeError(w, computeErrorStatus(r.Context(), err), err.Error())
		return
	}
	writeJSON(w, http.StatusOK, map[string]int64{"n": int64(n), "workers": int64(workers), "sum": sum})
}

// parseCompute reads n and workers from the query. What is not there is 1000
// and 4; what is there must be a number in range.
func parseCompute(u *url.URL) (n, workers int, err error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return 0, 0, fmt.Errorf("the query cannot be read: %w", err)
	}
	if n, err = parseNumber(query, "n", 1000, maxN); err != nil {
		return 0, 0, err
	}
	if workers, err = parseNumber(query, "workers", 4, maxWorkers); err != nil {
		return 0, 0, err
	}
	return n, workers, nil
}

func parseNumber(query url.Values, name string, absent, largest int) (int, error) {
	if !query.Has(name) {
		return absent, nil
	}
	number, err := strconv.Atoi(query.Get(name))
	if err != nil || number < 1 || number > largest {
		return 0, fmt.Errorf("%s must be a whole number from 1 to %d, not %.20q", name, largest, query.Get(name))
	}
	return number, nil
}

func computeErrorStatus(ctx context.Context, err error) int {
	switch {
	case errors.Is(err, errOverflow):
		return http.StatusUnprocessableEntity
	case ctx.Err() != nil:
		return stoppedStatus(ctx)
	default:
		return http.StatusInternalServerError
	}
}
