package main

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

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// noBuild is the environment variable that keeps Jaeger from being built
// before somebody asks for it.
const noBuild = "WORKSHOP_NO_BUILD"

// jaegerStep begins the name of the first step that needs Jaeger.
const jaegerStep = "step05"

// ahead builds Jaeger in the background while the learner is in the steps that
// do without, so that nobody waits for it later.
type ahead struct {
	*console
	*repository
	module jaeger.Module
	log    string // the file that tells how the build goes

	// What there is to be considered. Tests say something else.
	freeSpace func(folder string) (uint64, error)
	start     func(a *ahead) (pid int, err error)
}

// buildAhead starts that build when it makes sense, or says how it goes. It
// does nothing in CI, and nothing if [noBuild] is set. That it cannot be
// started is no error: the learner has not asked for it.
func buildAhead(c *console, r *repository) {
	if os.Getenv("CI") != "" || os.Getenv(noBuild) != "" {
		return
	}
	module, err := jaeger.FindModule(r.root)
	if err != nil {
		return
	}
	folder, err := module.Folder()
	if err != nil {
		return
	}
	a := &ahead{
		console: c, repository: r, module: module,
		log:       filepath.Join(filepath.Dir(folder), "jaeger-build.log"),
		freeSpace: proc.FreeSpace, start: startDetached,
	}
	a.consider()
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
		a.say("Step 5 needs Jaeger, which takes some minutes to build. It is not built yet,\nbecause %s. When it suits you: %s jaeger -build", reason, invocation)
		return
	}
	pid, err := a.start(a)
	if err != nil {
		return
	}
	a.say("Jaeger, for step 5, is being built in the background, at low priority (2 GB of\ndisk). Log: %s\nTo stop it: %s\nNever to start it: %s", shownPath(a.log), stopCommand(runtime.GOOS, pid), setVariable(runtime.GOOS, noBuild, "1"))
}

// sayStanding tells about the build that runs. Another terminal may have
// begun it, so what the log says is of no interest.
func (a *ahead) sayStanding(now jaeger.Progress) {
	stop := ""
	if now.Process != 0 {
		stop = "\nTo stop it: " + stopCommand(runtime.GOOS, now.Process)
	}
	a.say("Jaeger, for step 5, is being built: %s.%s", describeProgress(now), stop)
}

func (a *ahead) say(format string, args ...any) {
	a.printf("\n%s\n", a.faint(fmt.Sprintf(format, args...)))
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

// reserve is what a build leaves free on a disk.
const reserve = 3 << 30

// against says what speaks against a build at this moment, if something does.
func (a *ahead) against() string {
	for _, folder := range a.caches() {
		free, err := a.freeSpace(existing(folder))
		if err == nil && free < jaeger.BuildSize+reserve {
			return fmt.Sprintf("the disk of %s has only %.1f GB left", shownPath(folder), float64(free)/(1<<30))
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

// existing gives the folder, or the one above it that is there.
func existing(folder string) string {
	for !exists(folder) && filepath.Dir(folder) != folder {
		folder = filepath.Dir(folder)
	}
	return folder
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
	cmd.Dir, cmd.Stdout, cmd.Stderr = a.root, log, log
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

// stopCommand is what ends a process on a system.
func stopCommand(system string, pid int) string {
	if system == "windows" {
		return fmt.Sprintf("taskkill /t /f /pid %d", pid)
	}
	return fmt.Sprintf("kill %d", pid)
}

// lastLine gives the last line of a file that says something.
func lastLine(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	text = bytes.TrimSpace(text)
	return string(text[bytes.LastIndexByte(text, '\n')+1:])
}

// shownPath writes the home folder as ~.
func shownPath(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && err == nil && home != "" {
		return filepath.Join("~", rest)
	}
	return path
}
