package proc

import (
	"io/fs"
	"path/filepath"
)

// SizeOf gives the bytes in the files of a folder, 0 if there is none. What comes
// and goes while it is counted does not matter.
func SizeOf(folder string) int64 { return sum(folder, fs.FileInfo.Size) }

// SizeOnDisk gives the bytes that the files of a folder take on their disk, 0 if
// there is none. Files with holes, as databases make them in advance, are longer
// than that.
func SizeOnDisk(folder string) int64 { return sum(folder, onDisk) }

func sum(folder string, size func(fs.FileInfo) int64) (bytes int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		if file, err := entry.Info(); err == nil {
			bytes += size(file)
		}
		return nil
	})
	return bytes
}
