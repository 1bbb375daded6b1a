package proc

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Resident gives the bytes of memory of a process that [OwnGroup] has prepared,
// with its children.
func Resident(p *os.Process) (bytes int64, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// What follows the name in parentheses: state, parent, group.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		const group, pages = 2, 21
		if len(fields) <= pages || fields[group] != strconv.Itoa(p.Pid) {
			continue
		}
		n, _ := strconv.ParseInt(fields[pages], 10, 64)
		bytes += n * int64(os.Getpagesize())
	}
	if bytes == 0 {
		return 0, os.ErrProcessDone
	}
	return bytes, nil
}
