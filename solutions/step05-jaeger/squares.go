package main

import (
	"context"
	"errors"
	"math"
	"time"
)

// errOverflow says that a sum is larger than an int64 can be.
var errOverflow = errors.New("the sum does not fit in 64 bits")

// checkEvery is how many numbers are added up between two looks at the context.
const checkEvery = 1 << 16

// chunk is the numbers i with start <= i < end.
type chunk struct {
	number     int // 1 for the first chunk of a computation, 2 for the second
	start, end int
}

// split cuts the numbers below n into chunks of about the same length, in
// order. With more workers than numbers, some chunks are empty.
func split(n, workers int) []chunk {
	chunks := make([]chunk, workers)
	for i := range chunks {
		chunks[i] = chunk{number: i + 1, start: n * i / workers, end: n * (i + 1) / workers}
	}
	return chunks
}

// sumSquares adds up i*i for the numbers of c. It pauses first, as a
// computation would that has to fetch its input: once for the first chunk, twice
// for the second, and so on. When ctx ends it stops, and gives the cause.
func sumSquares(ctx context.Context, c chunk, pause time.Duration) (int64, error) {
	select {
	case <-time.After(time.Duration(c.number) * pause):
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}

	var sum int64
	for i := c.start; i < c.end; i++ {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		var err error
		if sum, err = add(sum, int64(i)*int64(i)); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// add gives a+b, or errOverflow. Neither may be negative.
func add(a, b int64) (int64, error) {
	if a > math.MaxInt64-b {
		return 0, errOverflow
	}
	return a + b, nil
}

// addAll adds up the sums, or gives the first of the errors.
func addAll(sums []int64, errs []error) (int64, error) {
	var total int64
	for i := range sums {
		if errs[i] != nil {
			return 0, errs[i]
		}
		var err error
		if total, err = add(total, sums[i]); err != nil {
			return 0, err
		}
	}
	return total, nil
}
