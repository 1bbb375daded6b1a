package machine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"example.com/tracing-workshop/workshop/internal/console"
	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/shell"
	"example.com/tracing-workshop/workshop/internal/text"
)

// NoBuild is the environment variable that keeps Jaeger from being built
// before somebody asks for it.
const NoBuild = "WORKSHOP_NO_BUILD"

// BuildAhead starts a build of Jaeger in the background when it makes sense, or says how it goes. It
// does nothing in CI, and nothing if [NoBuild] is set. That it cannot be
// started is no error: the learner has not asked for it.
func BuildAhead(c *console.Console, r *repository.Repository) {
	if os.Getenv("CI") != "" || os.Getenv(NoBuild) != "" {
		return
	}
	module, err := jaeger.FindModule(r.Root)
	if err != nil {
		return
	}
	folder, err := module.Folder()
	if err != nil {
		return
	}
	a := &ahead{
		Console: c, Repository: r, module: module,
		log:       filepath.Join(filepath.Dir(folder), "jaeger-build.log"),
		freeSpace: proc.FreeSpace, start: startDetached,
	}
	a.consider()
}

// ahead builds Jaeger in the background while the learner is in the steps that
// do without, so that nobody waits for it later.
type ahead struct {
	*console.Console
	*repository.Repository
	module jaeger.Module
	log    string // the file that tells how the build goes

	// What there is to be considered. Tests say something else.
	freeSpace disk.Free
	start     func(a *ahead) (pid int, err error)
}

func (a *ahead) consider() {
	if _, err := jaeger.Find(a.module); !errors.Is(err, jaeger.ErrMissing) {
		return
	}
	if now, building := jaeger.Building(a.module); building {
		a.sayStanding(now)
		return
	}
	if a.gaveUp() {
		return
	}
	if reason := a.against(); reason != "" {
		a.say("Step 5 needs Jaeger, which takes some minutes to build. It is not built yet,\nbecause %s. When it suits you: %s jaeger -build", reason, repository.Invocation)
		return
	}
	pid, err := a.start(a)
	if err != nil {
		return
	}
	a.say("Jaeger, for step 5, is being built in the background, at low priority (2 GB of\ndisk). Log: %s\nTo stop it: %s\nNever to start it: %s", shell.Home(a.log), shell.Stop(runtime.GOOS, pid), shell.SetVariable(runtime.GOOS, NoBuild, "1"))
}

// sayStanding tells about the build that runs. Another terminal may have
// begun it, so what the log says is of no interest.
func (a *ahead) sayStanding(now jaeger.Progress) {
	stop := ""
	if now.Process != 0 {
		stop = "\nTo stop it: " + shell.Stop(runtime.GOOS, now.Process)
	}
	a.say("Jaeger, for step 5, is being built: %s.%s", now, stop)
}

func (a *ahead) say(format string, args ...any) {
	a.Printf("\n%s\n", a.Faint(fmt.Sprintf(format, args...)))
}

// patience is how long a build that was stopped, or has failed, is not begun
// again by itself.
const patience = 24 * time.Hour

// gaveUp tells whether the last build was stopped or failed not long ago. One
// that was cut off, as by switching off the machine, has not said so.
func (a *ahead) gaveUp() bool {
	file, err := os.Stat(a.log)
	if err != nil || time.Since(file.ModTime()) > patience {
		return false
	}
	line := lastLine(a.log)
	return strings.HasPrefix(line, "workshop: ") || strings.HasPrefix(line, buildStopped)
}

// roomAhead is what a disk must have left for a build that nobody has asked for:
// 2 GB for the build itself, and some for what the learner does.
const roomAhead = 5 << 30

// against says what speaks against a build at this moment, if something does.
func (a *ahead) against() string {
	for _, folder := range a.caches() {
		free, err := a.freeSpace(disk.Existing(folder))
		if err == nil && free < roomAhead {
			return fmt.Sprintf("the disk of %s has only %s left", shell.Home(folder), text.Gigabytes(free))
		}
	}
	return ""
}

// caches gives the folders that a build fills.
func (a *ahead) caches() []string {
	folders := []string{filepath.Dir(a.log)}
	out, _ := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	for _, folder := range strings.Split(string(out), "\n") {
		if folder = strings.TrimSpace(folder); folder != "" {
			folders = append(folders, folder)
		}
	}
	return folders
}

// startDetached starts the build as a process that nothing ties to this one,
// nor to the terminal.
func startDetached(a *ahead) (pid int, err error) {
	program, err := builder()
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Dir(a.log), 0o755); err != nil {
		return 0, err
	}
	log, err := os.OpenFile(a.log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	program = append(program, "jaeger", "-build", "-idle")
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = a.Root, log, log
	proc.Detach(cmd)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	pid = cmd.Process.Pid
	fmt.Fprintf(log, "Process %d builds Jaeger.\n", pid)
	return pid, cmd.Process.Release()
}

// builder is the command line of this program. The go command removes the file
// that it has built, which on Windows it cannot while a process runs from it:
// there the go command itself lasts as long as the build.
func builder() ([]string, error) {
	if runtime.GOOS == "windows" {
		return []string{"go", "run", "./workshop"}, nil
	}
	self, err := os.Executable()
	return []string{self}, err
}

// lastLine gives the last line of a file that says something.
func lastLine(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	content = bytes.TrimSpace(content)
	return string(content[bytes.LastIndexByte(content, '\n')+1:])
}
