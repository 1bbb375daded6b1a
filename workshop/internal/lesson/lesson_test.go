package lesson_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/tracing-workshop/workshop/internal/lesson"
	"example.com/tracing-workshop/workshop/steptest"
)

// root is the workshop.
var root = filepath.Join("..", "..", "..")

// documents reads all of them.
func documents(t *testing.T) []*lesson.Document {
	t.Helper()
	names, err := lesson.Paths(root)
	if err != nil {
		t.Fatal(err)
	}
	var all []*lesson.Document
	for _, name := range names {
		all = append(all, read(t, name))
	}
	return all
}

// lessons gives the lessons alone.
func lessons(t *testing.T) []*lesson.Document {
	t.Helper()
	names, err := fs.Glob(os.DirFS(root), "step[0-9][0-9]-*/README.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("no lessons found (%v)", err)
	}
	var all []*lesson.Document
	for _, name := range names {
		all = append(all, read(t, name))
	}
	return all
}

func read(t *testing.T, name string) *lesson.Document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	d, err := lesson.Parse(name, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDocuments does what each document says, in a copy of the workshop, and
// sees what the document shows.
func TestDocuments(t *testing.T) {
	if os.Getenv(lesson.WalkVariable) != "" {
		t.Skip("this is a command in a document: no walk begins in a walk")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the commands in the documents are for a POSIX shell")
	}
	for _, d := range documents(t) {
		t.Run(d.Path, func(t *testing.T) {
			t.Parallel()
			if needsJaeger(d) {
				if err := steptest.Jaeger(root); err != nil {
					t.Fatal(err)
				}
			}
			folder, err := lesson.Workplace(root, d.Path)
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(folder)
			if err := lesson.CopyTree(folder, root); err != nil {
				t.Fatal(err)
			}
			if err := lesson.Walk(t.Context(), folder, d); err != nil {
				t.Error(err)
			}
		})
	}
}

// usesJaeger are the commands of documents that run a real Jaeger.
var usesJaeger = regexp.MustCompile(`workshop jaeger|go test \./step05-jaeger`)

func needsJaeger(d *lesson.Document) bool {
	return slices.ContainsFunc(d.Blocks, func(b lesson.Block) bool {
		return b.Language == "console" && !b.NotRun && usesJaeger.MatchString(b.Text)
	})
}

// TestLessonsHaveASectionForEachGap holds the headings of a lesson and the
// TODO comments of the starter together.
func TestLessonsHaveASectionForEachGap(t *testing.T) {
	for _, d := range lessons(t) {
		gaps, err := lesson.Gaps(filepath.Join(root, filepath.Dir(d.Path)))
		if err != nil {
			t.Fatal(err)
		}
		for i, section := range d.Sections {
			if section.Number != i+1 {
				t.Errorf("%s: section %d comes after section %d", d.Path, section.Number, i)
			}
			if gaps[fmt.Sprint(section.Number)] == "" {
				t.Errorf("%s: section %d, and no TODO(%d) in the starter", d.Path, section.Number, section.Number)
			}
			delete(gaps, fmt.Sprint(section.Number))
		}
		for number := range gaps {
			t.Errorf("%s: no section for TODO(%s)", d.Path, number)
		}
	}
}

// comment is what nobody sees of a document.
var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// pictureText is a picture with the words for those who do not see it.
var pictureText = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)

const wordsPerMinute = 200

// words counts those of a text that are not code and stand in for no picture.
func words(text string) int {
	return len(strings.Fields(pictureText.ReplaceAllString(comment.ReplaceAllString(text, ""), "")))
}

// TestLessonsAreShort has a lesson read in ten minutes at most.
func TestLessonsAreShort(t *testing.T) {
	for _, d := range lessons(t) {
		if words := words(d.Prose); words > 10*wordsPerMinute {
			t.Errorf("%s has %d words to read, more than %d", d.Path, words, 10*wordsPerMinute)
		}
	}
}

// TestSectionsOfProductionAreShort has each of its sections, of which none builds
// on another one, read in three minutes at most.
func TestSectionsOfProductionAreShort(t *testing.T) {
	d := read(t, "step05-jaeger/production/README.md")
	for _, section := range strings.Split(d.Prose, "\n## ") {
		title, _, _ := strings.Cut(section, "\n")
		if words := words(section); words > 3*wordsPerMinute {
			t.Errorf("%s: %q has %d words to read, more than %d", d.Path, title, words, 3*wordsPerMinute)
		}
	}
}

// TestProductionHasASectionForEachGap holds its headings and gaps together. Where
// others wrote the programs, there is nothing to fill.
func TestProductionHasASectionForEachGap(t *testing.T) {
	const toWrite, all = 5, 7
	d := read(t, "step05-jaeger/production/README.md")
	gaps, err := lesson.Gaps(filepath.Join(root, filepath.Dir(d.Path)))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Sections) != all || len(gaps) != toWrite {
		t.Errorf("%d sections and the gaps %v; want %d, the first %d of them with a gap", len(d.Sections), gaps, all, toWrite)
	}
	for i, section := range d.Sections {
		if section.Number != i+1 {
			t.Errorf("%s: section %d comes after section %d", d.Path, section.Number, i)
		}
		if gap := gaps[fmt.Sprint(section.Number)]; (gap != "") != (section.Number <= toWrite) {
			t.Errorf("%s: section %d has the gap %q", d.Path, section.Number, gap)
		}
	}
}

// TestNothingIsSkippedWithoutReason lists the console blocks that no test runs.
func TestNothingIsSkippedWithoutReason(t *testing.T) {
	for _, d := range documents(t) {
		for _, b := range d.Blocks {
			if !b.NotRun {
				continue
			}
			t.Logf("%s:%d is not run: %s", d.Path, b.Line, b.Reason)
			if b.Reason == "" {
				t.Errorf("%s:%d is not run, and does not say why", d.Path, b.Line)
			}
		}
	}
}

// TestLinks follows the links of every Markdown file in the workshop.
func TestLinks(t *testing.T) {
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == ".git" {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".md") {
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		broken, err := lesson.BrokenLinks(root, filepath.ToSlash(relative))
		for _, link := range broken {
			t.Error(link)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
