//go:build unix

package proc

import (
	"io/fs"
	"syscall"
)

func onDisk(file fs.FileInfo) int64 {
	if stat, ok := file.Sys().(*syscall.Stat_t); ok {
		return int64(stat.Blocks) * 512
	}
	return file.Size()
}
