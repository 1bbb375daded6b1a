package spans

import (
	"math"
	"strconv"
	"time"
)

// formatDuration writes d in at most seven columns (eight when it is
// negative): with three digits below a minute, in two units above.
func formatDuration(d time.Duration) string {
	if d < 0 {
		return "-" + formatDuration(-max(d, -math.MaxInt64))
	}
	d = roundDuration(d)
	switch {
	case d == 0:
		return "0s"
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + "ns"
	case d < time.Millisecond:
		return threeDigits(d, time.Microsecond) + "µs"
	case d < time.Second:
		return threeDigits(d, time.Millisecond) + "ms"
	case d < time.Minute:
		return threeDigits(d, time.Second) + "s"
	case d < time.Hour:
		return twoUnits(d, time.Minute, "m", time.Second, "s")
	case d < day:
		return twoUnits(d, time.Hour, "h", time.Minute, "m")
	case d < 100*day:
		return twoUnits(d, day, "d", time.Hour, "h")
	default:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
}

const day = 24 * time.Hour

// roundDuration rounds to what formatDuration shows, so that the unit is
// chosen by the rounded value: never 1000ms, always 1.00s.
func roundDuration(d time.Duration) time.Duration {
	switch {
	case d >= day:
		return d.Round(time.Hour)
	case d >= time.Hour:
		return d.Round(time.Minute)
	case d >= time.Minute:
		return d.Round(time.Second)
	}
	step := time.Duration(1)
	for d/step >= 1000 {
		step *= 10
	}
	return d.Round(step)
}

func threeDigits(d, unit time.Duration) string {
	value := float64(d) / float64(unit)
	switch {
	case value < 10:
		return strconv.FormatFloat(value, 'f', 2, 64)
	case value < 100:
		return strconv.FormatFloat(value, 'f', 1, 64)
	default:
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
}

func twoUnits(d, major time.Duration, majorName string, minor time.Duration, minorName string) string {
	rest := strconv.FormatInt(int64(d%major/minor), 10)
	if len(rest) == 1 {
		rest = "0" + rest
	}
	return strconv.FormatInt(int64(d/major), 10) + majorName + rest + minorName
}
