package jaeger

import (
	"encoding/json"
	"fmt"
	"os"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/text"
)

// String says where the build stands, and which process builds.
func (p Progress) String() string {
	if process := p.Process; process != 0 {
		p.Process = 0
		return fmt.Sprintf("process %d is ", process) + p.String()
	}
	switch {
	case p.Stage == "":
		return "looking at what there is to build"
	case p.Stage == Compiling:
		return fmt.Sprintf("%s: %d of %s", p.Stage, p.Done, text.Plural(p.Total, "package"))
	case p.Stage == Downloading && p.Done > 0:
		return fmt.Sprintf("%s: %s", p.Stage, text.Plural(p.Done, "module"))
	}
	return string(p.Stage)
}

// Waits tells whether it is another process that builds.
func (p Progress) Waits() bool { return p.Stage == Waiting || p.Process != 0 }

// Building gives where the build stands that a process has at work at this
// moment, and whether there is one.
func Building(m Module) (Progress, bool) {
	target, err := m.Target()
	if err != nil {
		return Progress{}, false
	}
	file, err := os.OpenFile(target+".lock", os.O_RDWR, 0)
	if err != nil {
		return Progress{}, false
	}
	defer file.Close()
	if mine, err := proc.TryLock(file); mine || err != nil {
		return Progress{}, false
	}
	return readStanding(target), true
}

// A build writes where it stands into a file beside its lock, for those who
// wait and those who ask. What it says holds only while somebody has the lock:
// a build that is killed leaves the file behind.

func standingFile(target string) string { return target + ".progress" }

// writeStanding notes where the build of this process stands. Whether others
// can read that is not what the build depends on.
func writeStanding(target string, p Progress) {
	p.Process = os.Getpid()
	content, err := json.Marshal(p)
	if err != nil {
		return
	}
	fresh := standingFile(target) + ".new" // so that nobody reads half of it
	if os.WriteFile(fresh, content, 0o644) == nil {
		_ = os.Rename(fresh, standingFile(target))
	}
}

// readStanding gives the zero Progress where nothing is known.
func readStanding(target string) Progress {
	var p Progress
	content, err := os.ReadFile(standingFile(target))
	if err != nil || json.Unmarshal(content, &p) != nil {
		return Progress{}
	}
	return p
}

func removeStanding(target string) {
	_ = os.Remove(standingFile(target) + ".new")
	_ = os.Remove(standingFile(target))
}
