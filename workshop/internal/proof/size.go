package proof

import (
	"io/fs"
	"path/filepath"
)

// Size gives the bytes in the files of a folder, 0 if there is none.
func Size(folder string) (bytes int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // what comes and goes while it is counted
		}
		if file, err := entry.Info(); err == nil {
			bytes += file.Size()
		}
		return nil
	})
	return bytes
}
