package stick

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// begin makes a stick with the two files that each one has.
func begin(t *testing.T) *Stick {
	t.Helper()
	s, err := Prepare(filepath.Join(t.TempDir(), "stick"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{Setup: SetupProgram, Readme: ReadmeText} {
		if err := s.Write(name, text); err != nil {
			t.Fatal(err)
		}
	}
	save(t, s)
	return s
}

func save(t *testing.T, s *Stick) {
	t.Helper()
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheListIsWhatSha256sumReads(t *testing.T) {
	s := begin(t)
	if err := s.Copy(t.Context(), "modules/a/@v/v1.0.0.mod", write(t, filepath.Join(t.TempDir(), "mod"), "module a\n")); err != nil {
		t.Fatal(err)
	}
	save(t, s)
	list, err := os.ReadFile(filepath.Join(s.Dir, Sums))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x  README.txt\n%x  modules/a/@v/v1.0.0.mod\n%x  setup.go\n",
		sha256.Sum256(ReadmeText), sha256.Sum256([]byte("module a\n")), sha256.Sum256(SetupProgram))
	if string(list) != want {
		t.Errorf("the list is\n%swant\n%s", list, want)
	}
	again, err := Open(s.Dir)
	if err != nil || len(again.Names("")) != 3 || again.Size(Modules) != 9 {
		t.Errorf("it opens as %v, %v", again, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	sum := strings.Repeat("0", 64)
	for text, want := range map[string]string{
		"":                             "its SHA256SUMS is about something else",
		"hello\n":                      `its SHA256SUMS has the line "hello"`,
		sum + "  ../../etc/passwd\n":   "has the line",
		sum + "  /etc/passwd\n":        "has the line",
		sum + "  a\\..\\..\\b\n":       "has the line",
		sum + "  ubuntu-24.04.iso\r\n": "is about something else",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, Sums), text)
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "is not what `go run ./workshop pack` makes") {
			t.Errorf("with %q the error is %v", text, err)
		}
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it has no SHA256SUMS") {
		t.Errorf("without a list the error is %v", err)
	}
}

func TestPrepareLeavesOtherFoldersAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go1.26.8.windows-amd64.msi"), "the installer")
	write(t, filepath.Join(dir, "System Volume Information", "x"), "")
	if _, err := Prepare(dir); err != nil {
		t.Errorf("a stick with the installers of Go is refused: %v", err)
	}
	write(t, filepath.Join(dir, "thesis.odt"), "years of work")
	if _, err := Prepare(dir); err == nil || !strings.Contains(err.Error(), "holds other files, as thesis.odt: name an empty folder") {
		t.Errorf("the error is %v", err)
	}
	if _, err := Prepare(filepath.Join(dir, "not", "there")); err == nil || !strings.Contains(err.Error(), "the folder for the stick cannot be made") {
		t.Errorf("the error is %v", err)
	}
}

func TestSweepRemovesOnlyWhatItHasMade(t *testing.T) {
	s := begin(t)
	for _, name := range []string{"modules/old/@v/v1.0.0.zip", "modules/kept/@v/v1.0.0.zip"} {
		if err := s.Write(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	save(t, s)
	installer := write(t, filepath.Join(s.Dir, "go1.26.8.pkg"), "the installer")
	foreign := write(t, filepath.Join(s.Dir, "modules", "notes.txt"), "mine")

	later, err := Prepare(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{Setup, Readme, "modules/kept/@v/v1.0.0.zip"} {
		if !later.Keep(name) {
			t.Errorf("%s is not there", name)
		}
	}
	if later.Keep("modules/never/@v/v1.0.0.zip") {
		t.Error("a file is kept that is not there")
	}
	later.Sweep()
	for name, there := range map[string]bool{
		installer: true, foreign: true, s.path("modules/kept/@v/v1.0.0.zip"): true, s.path("modules/old"): false,
	} {
		if _, err := os.Stat(name); (err == nil) != there {
			t.Errorf("%s is there: %v, want %v", name, err == nil, there)
		}
	}
	if later.Has("modules/old/@v/v1.0.0.zip") {
		t.Error("the list has a file that is gone")
	}
}

func TestVerifyRemovesWhatIsDamaged(t *testing.T) {
	s := begin(t)
	write(t, s.path(Setup), "half of it")
	checked := 0
	if err := s.Verify(t.Context(), func(done, total int) { checked = 10*done + total }); err != nil || checked != 22 {
		t.Errorf("the error is %v, and the progress %d", err, checked)
	}
	if _, err := os.Stat(s.path(Setup)); s.Has(Setup) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a damaged file is still there (%v)", err)
	}
	if !s.Has(Readme) {
		t.Error("a good file is gone")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Verify(stopped, func(int, int) {}); !errors.Is(err, context.Canceled) || !s.Has(Readme) {
		t.Errorf("when it is stopped the error is %v, and the list has %v", err, s.Names(""))
	}
}

func TestWhatIsThereIsNotWrittenAgain(t *testing.T) {
	s := begin(t)
	before, err := os.Stat(s.path(Setup))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(Setup, SetupProgram); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(s.path(Setup)); err != nil || !os.SameFile(before, after) {
		t.Errorf("the same text is written again (%v)", err)
	}
}

func TestInstall(t *testing.T) {
	s := begin(t)
	if err := s.Write("jaeger/a/jaeger", []byte("a program")); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "deep", "jaeger")
	if err := s.Install(t.Context(), "jaeger/a/jaeger", to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || filepath.Separator == '/' && info.Mode().Perm() != 0o755 {
		t.Errorf("it is %v (%v), want a program", info, err)
	}

	write(t, s.path("jaeger/a/jaeger"), "another program")
	fresh := filepath.Join(t.TempDir(), "jaeger")
	if err := s.Install(t.Context(), "jaeger/a/jaeger", fresh); err == nil || !strings.Contains(err.Error(), "is damaged: its checksum is not the one in SHA256SUMS") {
		t.Errorf("the error about a damaged file is %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(fresh)); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

func TestFileURL(t *testing.T) {
	for path, want := range map[string]string{
		"/media/stick/modules":         "file:///media/stick/modules",
		"/media/a stick, new/modules":  "file:///media/a%20stick%2C%20new/modules",
		"E:/modules":                   "file:///E:/modules",
		"//server/share/stick/modules": "file://server/share/stick/modules",
	} {
		if got := fileURL(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// TestReadmeNamesTheGoOfTheWorkshop keeps the text on the stick true.
func TestReadmeNamesTheGoOfTheWorkshop(t *testing.T) {
	work, err := os.ReadFile("../../../go.work")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(work)
	if match == nil || !strings.Contains(string(ReadmeText), "Go "+string(match[1])+" or later") {
		t.Errorf("go.work asks for Go %s, and README.txt does not", match)
	}
	for line := range strings.Lines(string(ReadmeText)) {
		if len(line) > 81 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("a console does not show this line as it is: %q", line)
		}
	}
}
