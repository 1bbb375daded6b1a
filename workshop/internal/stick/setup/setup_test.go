package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/stick"
)

// TestTheStickCarriesOneFile keeps this program in one file, of the standard
// library alone.
func TestTheStickCarriesOneFile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) != 2 {
		t.Errorf("this folder has %v, and the stick carries setup.go alone", files)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), "setup.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		if imported, _ := strconv.Unquote(spec.Path.Value); strings.Contains(strings.Split(imported, "/")[0], ".") {
			t.Errorf("it imports %s", imported)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, test := range []struct {
		has, needs string
		want       bool
	}{
		{"go1.25.4", "go1.26.0", true},
		{"go1.9", "go1.26.0", true},
		{"go1.26.0", "go1.26.0", false},
		{"go1.26", "go1.26.0", false},
		{"go1.26.0", "go1.26.3", true},
		{"go1.27rc1", "go1.26.0", false},
		{"go2.0", "go1.26.0", false},
		{"devel go1.28-abc", "go1.26.0", false},
	} {
		if got := older(test.has, test.needs); got != test.want {
			t.Errorf("that %s is older than %s is %v", test.has, test.needs, got)
		}
	}
}

func TestFileURLIsTheOneOfTheWorkshop(t *testing.T) {
	for _, folder := range []string{"/media/stick/modules", "/media/a stick, new/modules", "E:/modules", "//server/share/modules"} {
		if got, want := fileURL(folder), stick.FileURL(folder); got != want {
			t.Errorf("%s is %s, and for the workshop %s", folder, got, want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pack makes a stick with an archive of these files.
func pack(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, text := range files {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o444)
		to, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(to, text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	write(t, filepath.Join(dir, archive), packed.String())
	write(t, filepath.Join(dir, checksums), fmt.Sprintf("%x  %s\n", sha256.Sum256(packed.Bytes()), archive))
	return dir
}

func TestUnpack(t *testing.T) {
	stick := pack(t, map[string]string{"tracing-workshop/go.work": "go 1.26.0\n", "tracing-workshop/workshop/go.mod": "module x\n"})
	folder := filepath.Join(t.TempDir(), "new")
	if err := unpack(stick, folder); err != nil {
		t.Fatal(err)
	}
	if !isWorkshop(folder) {
		t.Error("the workshop is not there")
	}
	if info, err := os.Stat(filepath.Join(folder, "go.work")); err != nil || info.Mode().Perm()&0o600 != 0o600 {
		t.Errorf("a file of it is %v (%v), and cannot be edited", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(folder)); len(left) != 1 {
		t.Errorf("it leaves %v", left)
	}
}

func TestUnpackRefuses(t *testing.T) {
	damaged := pack(t, map[string]string{"tracing-workshop/go.work": "go 1.26.0\n"})
	write(t, filepath.Join(damaged, checksums), strings.Repeat("0", 64)+"  "+archive+"\n")
	escaping := pack(t, map[string]string{"tracing-workshop/../../outside": "x"})
	for stick, want := range map[string]string{
		damaged:  "is damaged: its checksum is not the one in SHA256SUMS",
		escaping: "outside of the folder",
	} {
		folder := filepath.Join(t.TempDir(), "deep", "new")
		if err := unpack(stick, folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
		if exists(folder) || exists(filepath.Join(filepath.Dir(filepath.Dir(folder)), "outside")) {
			t.Error("something is unpacked")
		}
	}
}

func TestChoose(t *testing.T) {
	stick, room := t.TempDir(), t.TempDir()
	if resolved, err := filepath.EvalSymlinks(room); err == nil { // as the current folder is told
		room = resolved
	}
	write(t, filepath.Join(room, "clone", "go.work"), "go 1.26.0\n")
	write(t, filepath.Join(room, "clone", "workshop", "go.mod"), "module x\n")
	write(t, filepath.Join(room, "clone", "step01-spans", "main.go"), "package main\n")
	write(t, filepath.Join(room, "other", "thesis.odt"), "years of work")
	if err := os.Mkdir(filepath.Join(room, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		here      string
		args      []string
		want, err string
	}{
		{room, nil, filepath.Join(room, "tracing-workshop"), ""},
		{room, []string{"elsewhere"}, filepath.Join(room, "elsewhere"), ""},
		{room, []string{"empty"}, filepath.Join(room, "empty"), ""},
		{room, []string{"clone"}, filepath.Join(room, "clone"), ""},
		{filepath.Join(room, "clone", "step01-spans"), nil, filepath.Join(room, "clone"), ""},
		{room, []string{"other"}, "", "is there already, and is not the workshop: name another folder"},
		{room, []string{filepath.Join("other", "thesis.odt")}, "", "is there already, and is not the workshop: name another folder"},
		{room, []string{filepath.Join(stick, "x")}, "", "is on the stick, where the workshop does not run"},
		{stick, nil, "", "the workshop does not run on the stick: change to a folder of this machine"},
	} {
		t.Chdir(test.here)
		place := stick
		if here, err := os.Getwd(); err == nil && test.here == stick {
			place = here
		}
		got, err := choose(place, test.args)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("in %s, %q gives %q, %v; want %q, %q", test.here, test.args, got, err, test.want, test.err)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for _, args := range [][]string{{"a", "b"}, {"-h"}} {
		if err := setUp(args); err == nil || !strings.Contains(err.Error(), "give one folder") {
			t.Errorf("%q gives %v", args, err)
		}
	}
	if err := setUp(nil); err == nil || !strings.Contains(err.Error(), "there is no SHA256SUMS beside") {
		t.Errorf("where there is no stick the error is %v", err)
	}
}

func TestOldGo(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "go.work"), "go 9.1.0\n")
	t.Setenv("GOTOOLCHAIN", "local")
	err := checkGo(t.TempDir(), folder)
	if err == nil || !strings.HasPrefix(err.Error(), runtime.Version()+" is too old: the workshop needs go9.1.0 or later; install it") {
		t.Errorf("the error is %v", err)
	}
	write(t, filepath.Join(folder, "go.work"), "go 1.26.0\n")
	if err := checkGo(t.TempDir(), folder); err != nil {
		t.Error(err)
	}
}
