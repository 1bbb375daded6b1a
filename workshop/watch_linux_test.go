package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// seat is a terminal of 80x24 at which somebody sits, with the workshop on it.
type seat struct {
	*workshoptest.Screen
	keyboard *os.File
	cmd      *exec.Cmd
	before   unix.Termios
}

// sit starts the workshop on a terminal of its own.
func sit(t *testing.T, args ...string) *seat {
	t.Helper()
	ours, theirs := openTerminal(t)
	s := &seat{Screen: workshoptest.NewScreen(), keyboard: ours, cmd: exec.CommandContext(t.Context(), os.Args[0], args...)}
	s.before = s.mode(t)
	s.cmd.Env = append(os.Environ(), asWorkshop+"=1", "TERM=xterm")
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = theirs, theirs, theirs
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		chunk := make([]byte, 4096)
		for {
			n, err := ours.Read(chunk)
			_, _ = s.Write(chunk[:n])
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		theirs.Close()
		ours.Close()
		<-shown
	})
	return s
}

// openTerminal gives the two ends of a new one.
func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	control := func(do func(fd int) error) {
		connection, err := ours.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if ctl := connection.Control(func(fd uintptr) { err = do(int(fd)) }); ctl != nil || err != nil {
			t.Fatal(ctl, err)
		}
	}
	number := 0
	control(func(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0) })
	control(func(fd int) (err error) { number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); return err })
	control(func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: 80, Row: 24}) })
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// mode is how the terminal treats what is typed.
func (s *seat) mode(t *testing.T) (mode unix.Termios) {
	t.Helper()
	connection, err := s.keyboard.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.Control(func(fd uintptr) {
		var now *unix.Termios
		if now, err = unix.IoctlGetTermios(int(fd), unix.TCGETS); err == nil {
			mode = *now
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return mode
}

func (s *seat) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// leaves expects that the workshop ends well, and gives the terminal back.
func (s *seat) leaves(t *testing.T) {
	t.Helper()
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the workshop ends with %v", err)
	}
	if now := s.mode(t); now != s.before {
		t.Errorf("the terminal is left as %+v, and was %+v", now, s.before)
	}
}

// page gives the rows of the page that is shown last, without colours.
func (s *seat) page() []string {
	all := s.String()
	last := all[strings.LastIndex(all, "\x1b[2J")+1:]
	return strings.Split(last, "\r\n")
}

// TestWatchFromStepToStep works on a copy of the workshop as a learner does.
func TestWatchFromStepToStep(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles two steps")
	}
	folder := copyOfWorkshop(t)
	s := sit(t, "watch")
	s.Await(t, "step01-spans ·")
	if rows := s.page(); len(rows) > 24 || !strings.Contains(strings.Join(rows, "\n"), "step01-spans/tracing.go:11") {
		t.Errorf("the page has %d rows, and is\n%s", len(rows), strings.Join(rows, "\n"))
	}
	s.press(t, "h")
	s.Await(t, "Hint 1 of 3")
	for _, name := range []string{"tracing.go", "journey.go"} {
		save(t, filepath.Join(folder, "step01-spans", name), filepath.Join(folder, "solutions", "step01-spans", name))
	}
	s.Await(t, "step01-spans is solved · ")
	s.press(t, "n")
	s.Await(t, "step02-exporter ·")
	s.press(t, "q")
	s.leaves(t)
	workshoptest.Contains(t, s.String(), "after the save", "step02-exporter")

	again := sit(t, "watch")
	again.Await(t, "checking step02-exporter")
	again.press(t, "\x03")
	again.leaves(t)
}

// copyOfWorkshop makes one, with a memory of its own, and goes there.
func copyOfWorkshop(t *testing.T) (folder string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if folder, err = lesson.Workplace(root, "watch"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := lesson.CopyTree(folder, root); err != nil {
		t.Fatal(err)
	}
	t.Setenv(progress.Folder, t.TempDir())
	t.Chdir(folder)
	return folder
}

// save replaces a file by another one, as an editor does that never leaves half
// a file.
func save(t *testing.T, path, from string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"~", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}

// TestWatchEndsWithAllThatItStarted presses Ctrl-C while the program of a
// learner runs.
func TestWatchEndsWithAllThatItStarted(t *testing.T) {
	step := waitingStep(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	s := sit(t, "watch")
	running := step()
	s.press(t, "\x03")
	s.leaves(t)
	if _, err := running.ReadByte(); err == nil {
		t.Error("the program says more")
	}
	expectEmpty(t, scratch)
}

// expectEmpty expects that nothing is left in a folder.
func expectEmpty(t *testing.T, folder string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind is %q", left)
	}
}

// TestWatchStopsWhatIsOvertaken saves while the program of a learner runs.
func TestWatchStopsWhatIsOvertaken(t *testing.T) {
	step := waitingStep(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	s := sit(t, "watch")
	first := step()
	if err := os.WriteFile("step01-waits/more.go", []byte("package main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := step()
	if _, err := first.ReadByte(); err == nil {
		t.Error("the program that was overtaken says more")
	}
	s.press(t, "q")
	s.leaves(t)
	if _, err := second.ReadByte(); err == nil {
		t.Error("the second program says more")
	}
	expectEmpty(t, scratch)
}

// TestWatchIsHungUp closes the terminal while the program of a learner runs.
func TestWatchIsHungUp(t *testing.T) {
	step := waitingStep(t)
	s := sit(t, "watch")
	running := step()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.leaves(t)
	if _, err := running.ReadByte(); err == nil {
		t.Error("the program says more")
	}
}

// TestQuestionsOnATerminal answers those of diff and reset.
func TestQuestionsOnATerminal(t *testing.T) {
	firstStep(t, workshoptest.StepThatFails)
	for _, c := range []struct{ command, question, answer, shown string }{
		{"diff", "[y/N]", "\r", ""},
		{"diff", "[y/N]", "y\r", "+func journey() { Start() }"},
		{"reset", "Enter for none]", "\r", "Nothing is changed."},
		{"reset", "Enter for none]", "1\r", "is as it was shipped."},
	} {
		s := sit(t, c.command)
		s.Await(t, c.question)
		s.press(t, c.answer)
		s.leaves(t)
		s.Await(t, c.shown)
		if c.shown == "" {
			workshoptest.Lacks(t, s.String(), "Start() }")
		}
	}
}

// TestWatchWithoutATerminal gives one verdict after the other.
func TestWatchWithoutATerminal(t *testing.T) {
	workshoptest.Repository(t, map[string]string{"step01-fails": workshoptest.StepThatFails})
	p := startProcess(t, "watch")
	p.Await(t, "There is none.")
	if err := os.WriteFile("step01-fails/step_test.go", []byte(workshoptest.StepThatPasses), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Await(t, "✓ step01-fails")
	p.Await(t, "after the save)")
	p.controlC(t)
	p.checkEnd(t, exitOK)
	workshoptest.Lacks(t, p.String(), "\x1b", "\r", "quit")
}
