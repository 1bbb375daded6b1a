package machine

import (
	"context"
	"math"
	"os"
	"runtime"
	"slices"

	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

// What the workshop writes to a disk, in bytes, and a little more.
const (
	lessonsSize = 300 << 20 // programs, tests, and the data of Jaeger
	fullSize    = 3 << 30   // with all that is downloaded and compiled, Jaeger too
)

// examineDisk looks whether there is room for what is yet to come.
func (d *Doctor) examineDisk(context.Context) {
	need, what := uint64(lessonsSize), "the lessons write"
	if len(d.missing) > 0 || d.noJaeger {
		need, what = fullSize, "downloading and compiling needs"
	}
	least, place := uint64(math.MaxUint64), ""
	for _, folder := range d.written() {
		if free, err := d.freeSpace(disk.Existing(folder)); err == nil && free < least {
			least, place = free, folder
		}
	}
	switch {
	case place == "":
		d.note("disk", "%s does not tell how full it is; %s up to %s", runtime.GOOS, what, text.Gigabytes(need))
	case least < need:
		d.fail("disk", "Only %s are left where %s is; %s up to %s.\nMake room there.", text.Gigabytes(least), shell.Home(place), what, text.Gigabytes(need))
	default:
		d.ok("disk", "%s free; %s up to %s", text.Gigabytes(least), what, text.Gigabytes(need))
	}
}

// written gives the folders that the workshop fills.
func (d *Doctor) written() []string {
	folders := []string{d.Root, os.TempDir(), d.env["GOMODCACHE"], d.env["GOCACHE"]}
	if cache, err := os.UserCacheDir(); err == nil {
		folders = append(folders, cache)
	}
	return slices.DeleteFunc(folders, func(folder string) bool { return folder == "" })
}
