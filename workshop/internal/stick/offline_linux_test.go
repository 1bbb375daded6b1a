package stick_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/stick"
	"example.com/tracing-workshop/workshop/steptest"
)

// offlineStick names the stick to the part of a test that has no network, and
// is "none" for a look whether there can be such a part.
const offlineStick = "TEST_OFFLINE_STICK"

// TestFromNothingWithoutNetwork makes a stick, and takes it to a machine on
// which there is Go, and nothing else: no network, and nothing in any cache. It
// compiles all of the workshop anew.
func TestFromNothingWithoutNetwork(t *testing.T) {
	switch dir := os.Getenv(offlineStick); dir {
	case "":
	case "none":
		bringUpLoopback(t)
		return
	default:
		bringUpLoopback(t)
		inTheRoom(t, dir)
		return
	}
	if testing.Short() {
		t.Skip("it compiles the whole workshop, which takes minutes")
	}
	runtime.LockOSThread() // the death of a parent is that of the thread
	defer runtime.UnlockOSThread()
	if said, err := again(t, "none").CombinedOutput(); err != nil {
		t.Skipf("no network namespace can be had here: %v\n%s", err, said)
	}
	if err := steptest.Jaeger("."); err != nil {
		t.Fatal(err)
	}
	source, dir := copyOfTheWorkshop(t), filepath.Join(t.TempDir(), "a stick, new")
	out := command(t, source, os.Environ(), "go", "run", "./workshop", "pack", "-for", jaeger.Here().String(), dir)
	contains(t, out, "What is not committed does not travel: 1 file.\n", dir+" is ready: ", "  Jaeger  ", "go run \""+dir)
	command(t, dir, os.Environ(), "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS")

	checkNames(t, dir)
	cmd := again(t, dir)
	t.Cleanup(func() { // Go makes its module cache read-only
		clean := exec.Command("go", "clean", "-modcache")
		clean.Env = cmd.Env
		_ = clean.Run()
	})
	said, err := cmd.CombinedOutput()
	t.Logf("without a network:\n%s", said)
	if err != nil {
		t.Errorf("that ended with: %v", err)
	}
}

// checkNames looks whether each file has a name that the file systems of sticks
// and of Windows can keep.
func checkNames(t *testing.T, dir string) {
	t.Helper()
	s, err := stick.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, name := range s.Names("") {
		if strings.ContainsAny(name, `<>:"|?*\`) || len(name) > 200 {
			t.Errorf("Windows has no files of this name: %s", name)
		}
		folded := strings.ToLower(name)
		if seen[folded] != "" {
			t.Errorf("%s and %s are one file where case does not count", name, seen[folded])
		}
		seen[folded] = name
	}
}

// again is this test, without a network, and with nothing of this machine but
// its programs.
func again(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := withoutNetwork(exec.Command(self, "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "0"))
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), offlineStick + "=" + dir}
	return cmd
}

// withoutNetwork gives a command a network of its own, which leads nowhere.
func withoutNetwork(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 { // somebody who is nobody in particular needs to be root there
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	return cmd
}

// secret is the password in the address from which the instructor has cloned.
const secret = "hunter2"

// copyOfTheWorkshop commits the workshop as it is at this moment, and edits it.
func copyOfTheWorkshop(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	files := command(t, root, os.Environ(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimRight(files, "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, os.ErrNotExist) { // removed, and not committed yet
			continue
		}
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "--all"},
		{"-c", "user.name=Instructor", "-c", "user.email=instructor@example.com", "commit", "--quiet", "--message=The workshop"},
		{"remote", "add", "origin", "https://instructor:" + secret + "@example.com/workshop.git"},
		{"branch", "private"},
	} {
		command(t, to, os.Environ(), "git", args...)
	}
	if err := os.WriteFile(filepath.Join(to, "step01-spans", "tracing.go"), []byte("package main // edited\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return to
}

// inTheRoom is what a participant does who has come with Go alone.
func inTheRoom(t *testing.T, dir string) {
	room, home := t.TempDir(), os.Getenv("HOME")
	env := os.Environ()
	if _, err := http.Get("http://proxy.golang.org"); err == nil {
		t.Fatal("there is a network")
	}

	out := command(t, room, env, "go", "run", filepath.Join(dir, "setup.go"))
	clone := filepath.Join(room, "tracing-workshop")
	contains(t, out, "Unpacking the workshop into "+clone+"\n", "ok  Go", "Jaeger is copied from the stick.\n", "ok  modules", "ok  Jaeger", "This machine can do the workshop.", "\n  cd "+clone+"\n")
	if _, err := os.Stat(filepath.Join(home, ".config", "go", "env")); err == nil {
		t.Error("it leaves a setting of Go behind")
	}
	checkClone(t, clone, env)

	contains(t, command(t, clone, env, "go", "run", "./workshop"), "→ step01-spans\n", "No span arrived", "Edit  step01-spans/tracing.go")
	runJaeger(t, clone, env)

	second := command(t, filepath.Join(clone, "step02-exporter"), env, "go", "run", filepath.Join(dir, "setup.go"))
	contains(t, second, "is on this machine already, and is left alone", "This machine can do the workshop.")
	if strings.Contains(second, "Unpacking") {
		t.Errorf("in a clone it unpacks another one:\n%s", second)
	}
	checkOtherSystems(t, dir, clone, env)
}

// bringUpLoopback gives this network namespace the one thing that it needs.
func bringUpLoopback(t *testing.T) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(socket)
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	loopback.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback); err != nil {
		t.Fatal(err)
	}
}

// checkClone looks for what must not travel.
func checkClone(t *testing.T, clone string, env []string) {
	t.Helper()
	if edits := command(t, clone, env, "git", "status", "--porcelain"); edits != "" {
		t.Errorf("the clone is not as it was shipped:\n%s", edits)
	}
	if origin := command(t, clone, env, "git", "remote", "get-url", "origin"); origin != "https://example.com/workshop.git\n" {
		t.Errorf("origin is %q", origin)
	}
	if branches := command(t, clone, env, "git", "branch", "--all"); strings.Contains(branches, "private") {
		t.Errorf("another branch has come along:\n%s", branches)
	}
	err := filepath.Walk(filepath.Join(clone, ".git"), func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		for _, private := range []string{secret, os.TempDir() + "/"} {
			if bytes.Contains(text, []byte(private)) {
				t.Errorf("%s holds %q", name, private)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// runJaeger starts the Jaeger of the stick, asks it, and stops it.
func runJaeger(t *testing.T, clone string, env []string) {
	t.Helper()
	cmd := exec.Command("go", "run", "./workshop", "jaeger")
	cmd.Dir, cmd.Env = clone, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // which Ctrl-C is for
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }()
	late := time.AfterFunc(3*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer late.Stop()
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if !strings.Contains(line, "Ctrl-C stops it") {
		t.Fatalf("Jaeger says %q (%v), and %s", line, err, &stderr)
	}
	answer, err := http.Get("http://127.0.0.1:16686/api/v3/services")
	if err != nil {
		t.Error(err)
	} else if answer.Body.Close(); answer.StatusCode != http.StatusOK {
		t.Errorf("Jaeger answers %s", answer.Status)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Error(err)
	}
	rest, err := io.ReadAll(lines)
	if err = errors.Join(err, cmd.Wait()); !strings.Contains(string(rest), "Jaeger has stopped.") {
		t.Errorf("it does not stop as it should: %v\n%s%s", err, rest, &stderr)
	}
}

// checkOtherSystems looks whether the modules suffice elsewhere, and for
// building Jaeger.
func checkOtherSystems(t *testing.T, dir, clone string, env []string) {
	t.Helper()
	env = append(env, "GOPROXY="+stick.FileURL(filepath.Join(dir, "modules")), "GOSUMDB=off")
	for _, system := range []string{"darwin", "windows"} {
		command(t, clone, append(env, "GOOS="+system), "go", "list", "-deps", "-test", "./step03-autoinstrument", "./step05-jaeger", "./solutions/...", "./workshop/...")
		command(t, filepath.Join(clone, "step05-jaeger", "jaeger"), append(env, "GOOS="+system, "GOWORK=off", "CGO_ENABLED=0"),
			"go", "list", "-deps", "github.com/jaegertracing/jaeger/cmd/jaeger")
	}
}

// command runs a program that has to succeed, and gives what it prints.
func command(t *testing.T, folder string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = folder, append(env, "PWD="+folder)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(fmt.Errorf("%s: %w\n%s%s", cmd, err, &stdout, &stderr))
	}
	return stdout.String()
}

// contains expects all of want in got, in this order.
func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	rest := got
	for _, text := range want {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Fatalf("%q does not stand in, or not in that place:\n%s", text, got)
		}
		rest = after
	}
}
