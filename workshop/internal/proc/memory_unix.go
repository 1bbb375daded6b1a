//go:build unix && !linux

package proc

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Resident gives the bytes of memory of a process that [OwnGroup] has prepared,
// with its children.
func Resident(p *os.Process) (bytes int64, err error) {
	out, err := exec.Command("ps", "-A", "-o", "pgid=,rss=").Output()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == strconv.Itoa(p.Pid) {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			bytes += kilobytes << 10
		}
	}
	if bytes == 0 {
		return 0, os.ErrProcessDone
	}
	return bytes, nil
}
