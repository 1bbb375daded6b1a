//go:build unix

package proc

import (
	"io/fs"
	"syscall"
)

// SizeOnDisk gives the bytes that a file takes on its disk. A file with holes,
// as databases make them in advance, is longer than that.
func SizeOnDisk(file fs.FileInfo) int64 {
	if stat, ok := file.Sys().(*syscall.Stat_t); ok {
		return int64(stat.Blocks) * 512
	}
	return file.Size()
}
