// Package disk tells whether there is room on a disk.
package disk

import (
	"fmt"
	"os"
	"path/filepath"

	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

// Free gives the free bytes of the disk that a folder is on, as
// [proc.FreeSpace] does.
type Free func(folder string) (uint64, error)

// reserve is what a disk must have left in any case.
const reserve = 50 << 20

// RoomFor gives an error if a folder, which need not be there yet, has no room
// for so many bytes. A disk that does not tell how full it is has room.
func (f Free) RoomFor(folder string, bytes uint64) error {
	free, err := f(Existing(folder))
	need := bytes + reserve
	if err != nil || free >= need {
		return nil
	}
	return fmt.Errorf("%s has %s left, and up to %s are needed: make room there", shell.Home(folder), text.Gigabytes(free), text.Gigabytes(need))
}

// Existing gives the folder, or the nearest one above it that is there.
func Existing(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil || filepath.Dir(folder) == folder {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}
