package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/jaeger"
	"example.com/tracing-workshop/workshop/internal/stick"
	"example.com/tracing-workshop/workshop/internal/workshoptest"
)

// withStick makes a repository, a machine whose go command plays a role, and
// the place for a stick. There is no Jaeger on that machine.
func withStick(t *testing.T, role string) (notes, dir string) {
	t.Helper()
	notes = withoutAnything(t, role)
	return notes, filepath.Join(t.TempDir(), "stick")
}

// packHere makes a stick with the Jaeger for this machine.
func packHere(t *testing.T, dir string) string {
	t.Helper()
	code, stdout, stderr := outcome(t, "pack", "-for", jaeger.Here().String(), dir)
	if code != exitOK || stderr != "" {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	return stdout
}

func TestPack(t *testing.T) {
	notes, dir := withStick(t, "works")
	out := packHere(t, dir)
	workshoptest.Contains(t, out, "is no git clone: its files go onto the stick as they are",
		"gathering the modules\n", "copying the modules to the stick\n", "Jaeger for "+jaeger.Here().String()+" (1 of 1)\n", "linking Jaeger\n",
		"stick is ready: ", " in 7 files.", "the workshop ", "its modules ", "Jaeger ", "go run "+filepath.Join(dir, "setup.go")+"\n", "installers of Go", "Eject")
	s, err := stick.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Join(s.Names(""), "\n")
	workshoptest.Contains(t, names, "README.txt\n", "jaeger/jaeger-"+jaeger.Version+"-", "modules/example.com/!a/@v/v1.0.0.info\n", "v1.0.0.mod\n", "v1.0.0.zip\n", "setup.go\n", "tracing-workshop.zip")
	workshoptest.Lacks(t, names, "list", "ziphash")
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), "tracing-workshop", "pack-*")); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}

	out = packHere(t, dir)
	workshoptest.Contains(t, out, "The workshop and its modules are on the stick already.\n", "is on the stick already.\n", "stick is ready: ", " in 7 files.")
	workshoptest.Lacks(t, out, "gathering", "compiling")
	if n := workshoptest.Builds(notes); n != 1 {
		t.Errorf("%d builds, want 1", n)
	}

	// With a part that is damaged, and with another workshop, it goes on.
	if err := os.WriteFile(filepath.Join(dir, "modules/example.com/!a/@v/v1.0.0.zip"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("step01-fails/README.md", []byte("# Another lesson\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out = packHere(t, dir)
	workshoptest.Contains(t, out, "gathering the modules\n", "is on the stick already.\n", " in 7 files.")
}

func TestPackKeepsModulesWhole(t *testing.T) {
	_, dir := withStick(t, "works")
	packHere(t, dir)
	name := filepath.Join(dir, "modules/example.com/!a/@v/v1.0.0.zip")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	packHere(t, dir)
	if !exists(name) {
		t.Error("a module that was missing is still missing")
	}
}

func TestPackRefuses(t *testing.T) {
	_, dir := withStick(t, "works")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "thesis.odt"), []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{
		dir:                                "holds other files, as thesis.odt: name an empty folder",
		"stick":                            "stick is in the workshop's own folder: name one elsewhere",
		filepath.Join(dir, "not", "there"): "the folder for the stick cannot be made: ",
	} {
		code, stdout, stderr := outcome(t, "pack", place)
		if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
		}
		workshoptest.Contains(t, stderr, "workshop: ", want)
	}
}

func TestPackThatIsStopped(t *testing.T) {
	notes, dir := withStick(t, "hangs")
	ctx, interrupt := context.WithCancel(t.Context())
	out := workshoptest.NewScreen()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"pack", "-for", jaeger.Here().String(), dir}, out, out)
	}()
	out.Await(t, "compiling Jaeger")
	interrupt()
	if code := <-ended; code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	workshoptest.Contains(t, out.String(), "Stopped. What is on the stick is kept: the same command goes on from there.\n")
	if err := os.WriteFile(filepath.Join(notes, "go-on"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	workshoptest.Contains(t, packHere(t, dir), "The workshop and its modules are on the stick already.\n", "stick is ready")
}

// anotherMachine has the repository of this one, and no Jaeger.
func anotherMachine(t *testing.T) {
	t.Helper()
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
}

func TestDoctorFromAStick(t *testing.T) {
	notes, dir := withStick(t, "works")
	packHere(t, dir)
	anotherMachine(t)
	code, stdout, stderr := outcome(t, "doctor", "-from", dir)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "ok  Go", "compiling the tests of the steps\n", "Jaeger is copied from the stick.\n", "ok  modules", "ok  Jaeger   2.13.0", "This machine can do")
	workshoptest.Lacks(t, stdout, "compiling Jaeger")
	if proxy := os.Getenv("GOPROXY"); strings.Contains(proxy, "stick") {
		t.Errorf("it leaves GOPROXY=%s behind", proxy)
	}
	environments, err := os.ReadFile(filepath.Join(notes, "environment"))
	if err != nil || !strings.Contains(string(environments), "\nGOPROXY="+stick.FileURL(filepath.Join(dir, "modules"))+"\n") {
		t.Errorf("the go command does not take the modules from the stick (%v)", err)
	}
	_, stdout, _ = outcome(t, "doctor", "-from", dir)
	workshoptest.Contains(t, stdout, "Jaeger 2.13.0 is on this machine already, and is left alone: ")
}

func TestDoctorFromAStickThatIsNotRight(t *testing.T) {
	_, dir := withStick(t, "works")
	packHere(t, dir)
	anotherMachine(t)
	s, err := stick.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	program := s.Names(stick.Jaeger)[0]
	fails := func(want string) {
		t.Helper()
		code, stdout, _ := outcome(t, "doctor", "-from", dir)
		if code != exitFailed {
			t.Errorf("exit code %d, want %d", code, exitFailed)
		}
		workshoptest.Contains(t, stdout, "✗   stick    ", want)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(program)), []byte("half of it"), 0o755); err != nil {
		t.Fatal(err)
	}
	fails("copying Jaeger from the stick failed: ")
	fails("is damaged: its checksum is not the one in SHA256SUMS")
	if err := os.WriteFile("step05-jaeger/jaeger/go.mod", []byte("another pin"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails(dir + " was made from another version of the workshop, with another Jaeger: use the workshop that is on it")

	code, _, stderr := outcome(t, "doctor", "-from", t.TempDir())
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr, "is not what `go run ./workshop pack` makes: it has no SHA256SUMS\n")
}

// TestDoctorFromAStickForOthers builds the Jaeger that the stick lacks from the
// source that it has.
func TestDoctorFromAStickForOthers(t *testing.T) {
	_, dir := withStick(t, "works")
	packHere(t, dir)
	anotherMachine(t)
	s, err := stick.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(s.Names(stick.Modules), stick.Setup, stick.Readme, stick.Archive) {
		s.Keep(name)
	}
	s.Sweep()
	module, err := jaeger.FindModule(".")
	if err != nil {
		t.Fatal(err)
	}
	program, err := module.For(jaeger.Platform{OS: "plan9", Arch: "386"}).Name()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Write(stick.Jaeger+program, []byte("for another system")), s.Save()); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := outcome(t, "doctor", "-from", dir)
	if code != exitOK || stderr != "" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	workshoptest.Contains(t, stdout, "The stick has no Jaeger for "+jaeger.Here().String()+", but its source.\n", "Jaeger is built.", "ok  Jaeger")
}

func TestPackWithoutGit(t *testing.T) {
	_, dir := withStick(t, "works")
	if err := os.Mkdir(".git", 0o700); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := outcome(t, "pack", dir)
	if want := "workshop: there is no git command on PATH, which it takes to copy this clone: install git, and open a new terminal\n"; code != exitFailed || stderr != want {
		t.Errorf("exit code %d, stderr %q; want %d, %q", code, stderr, exitFailed, want)
	}
}

// TestPackKeepsWhatWasCopied lets copying the modules fail at the last of three
// files, whose place is taken.
func TestPackKeepsWhatWasCopied(t *testing.T) {
	_, dir := withStick(t, "works")
	s, err := stick.Prepare(dir)
	if err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(dir, "modules/example.com/!a/@v/v1.0.0.zip")
	err = errors.Join(s.Write(stick.Setup, nil), s.Write(stick.Readme, nil), s.Save(), os.MkdirAll(filepath.Join(taken, "x"), 0o755))
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr := outcome(t, "pack", "-for", jaeger.Here().String(), dir)
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	workshoptest.Contains(t, stderr, "workshop: the stick cannot be written: ")
	if s, err = stick.Open(dir); err != nil || len(s.Names(stick.Modules)) != 2 || s.Has(stick.Archive) {
		t.Errorf("the stick has %v (%v), want two files of a module, and no archive", s.Names(""), err)
	}
	if err := os.RemoveAll(taken); err != nil {
		t.Fatal(err)
	}
	packHere(t, dir)
}
