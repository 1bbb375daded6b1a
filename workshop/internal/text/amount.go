package text

import (
	"fmt"
	"time"
)

// Minutes gives a time that somebody waits, as "59 s" or "2 min 10 s".
func Minutes(d time.Duration) string {
	seconds := int(d.Seconds())
	if seconds < 60 {
		return fmt.Sprintf("%d s", seconds)
	}
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}

// Megabytes gives a number of bytes, rounded up.
func Megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1<<20-1)>>20) }

// Gigabytes gives a number of bytes, as "2.0 GB".
func Gigabytes(n uint64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }
