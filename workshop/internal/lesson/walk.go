package lesson

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/tracing-workshop/workshop/internal/repository"
)

// Workplace makes an empty folder for the copy of the workshop in root that is
// changed by the walk through a document. It is always the same folder, so that
// the go command finds in its cache what it made there the last time. Only when
// that folder is in use, by another run of the same test, it is another one.
func Workplace(root, document string) (string, error) {
	const longest = time.Hour // that a walk can take
	absolute, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(absolute + "\x00" + document))
	usual := filepath.Join(os.TempDir(), fmt.Sprintf("tracing-workshop-%x", sum[:8]))
	if info, err := os.Stat(usual); err == nil && time.Since(info.ModTime()) > longest {
		_ = os.RemoveAll(usual) // whoever made it was killed
	}
	if os.Mkdir(usual, 0o700) == nil {
		return usual, nil
	}
	return os.MkdirTemp("", "tracing-workshop-*")
}

// CopyTree copies the workshop in the folder from, without what git keeps, to
// the folder to.
func CopyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		switch {
		case entry.Name() == ".git":
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, relative), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		return copyFile(filepath.Join(to, relative), name)
	})
}

func copyFile(to, from string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

// Walk does what a document says, from top to bottom, in a copy of the
// workshop in the folder root, and changes that copy. What it finds wrong is the
// error, with the line of the document for each.
//
// After a lesson the test of its step must pass, and the files of the step must
// be those of the solution. A part of a step has tests for its sections, which
// its lesson runs.
func Walk(ctx context.Context, root string, d *Document) error {
	w := &walk{root: root, document: d, step: step(d.Path), terminals: map[string]*terminal{}, ports: &addresses{picked: map[string]string{}}}
	defer w.close()
	sources, err := readSources(root)
	if err != nil {
		return err
	}
	w.sources = sources
	for i, b := range d.Blocks {
		w.note(b.Line, w.do(ctx, b))
		if lastOfSection := i == len(d.Blocks)-1 || d.Blocks[i+1].Section != b.Section; lastOfSection && w.step != "" {
			w.note(b.Line, w.gapFilled(b.Section))
		}
	}
	if w.step != "" && len(w.problems) == 0 {
		if !repository.IsPart(w.step) {
			w.note(0, w.passes(ctx))
		}
		w.note(0, w.solved())
	}
	return errors.Join(w.problems...)
}

// step gives the folder of the step, or of the part of a step, whose lesson is at
// path, or "".
func step(file string) string {
	if strings.HasPrefix(file, "step") && path.Base(file) == "README.md" {
		return path.Dir(file)
	}
	return ""
}

type walk struct {
	root      string
	document  *Document
	step      string
	sources   []string // the Go files of the workshop, as compared
	terminals map[string]*terminal
	ports     *addresses
	problems  []error
}

func (w *walk) note(line int, problem error) {
	if problem != nil {
		w.problems = append(w.problems, fmt.Errorf("%s:%d: %w", w.document.Path, line, problem))
	}
}

func (w *walk) do(ctx context.Context, b Block) error {
	switch {
	case b.NotRun:
		return nil
	case b.Language == "console":
		return w.terminal(b.Terminal).do(ctx, b.Text, b.Terminal != "")
	case b.File != "" && w.step != "":
		return w.edit(b)
	case b.File != "":
		return w.quoted(b)
	case b.Language == "go":
		return w.stands(b.Text)
	}
	return nil
}

func (w *walk) terminal(number string) *terminal {
	if w.terminals[number] == nil {
		w.terminals[number] = &terminal{folder: w.root, env: environment(), ports: w.ports}
	}
	return w.terminals[number]
}

func (w *walk) close() {
	for _, t := range w.terminals {
		t.discard()
	}
}

// appliers edit files of a language.
var appliers = map[string]func(file, block string) (string, error){"go": Apply, "yaml": ApplyYAML}

// Edited gives the text of a file after the edit that a block of a lesson is.
func (b Block) Edited(file string) (string, error) {
	apply := appliers[b.Language]
	if apply == nil {
		return b.Text, nil // it is the whole file
	}
	text, err := apply(file, b.Text)
	if err != nil {
		return "", fmt.Errorf("%s: %w", b.File, err)
	}
	return text, nil
}

// edit changes a file of the step, or writes it.
func (w *walk) edit(b Block) error {
	name := filepath.Join(w.root, filepath.FromSlash(w.step), filepath.FromSlash(b.File))
	before, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := b.Edited(string(before))
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// quoted holds a block to the file that it names, from the root.
func (w *walk) quoted(b Block) error {
	text, err := os.ReadFile(filepath.Join(w.root, filepath.FromSlash(b.File)))
	if err != nil {
		return err
	}
	if !strings.Contains(compared(string(text)), compared(b.Text)) {
		return fmt.Errorf("these lines do not stand in %s", b.File)
	}
	return nil
}

// stands holds an illustration to the code of the workshop. A line of it may be
// broken at a space where there is not enough room for it.
func (w *walk) stands(text string) error {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	lines := regexp.MustCompile(`\n` + strings.Join(words, `[ \n]`) + `\n`)
	for _, source := range w.sources {
		if lines.MatchString(source) {
			return nil
		}
	}
	return errors.New("these lines do not stand, one after the other, in any Go file of the workshop")
}

// compared is text without blank lines and without what space there is in
// lines, so that lines can be looked for in it.
func compared(text string) string {
	var lines strings.Builder
	lines.WriteString("\n")
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			lines.WriteString(strings.Join(words, " ") + "\n")
		}
	}
	return lines.String()
}

func readSources(root string) ([]string, error) {
	var sources []string
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile(name)
		sources = append(sources, compared(string(text)))
		return err
	})
	return sources, err
}

var gap = regexp.MustCompile(`TODO\((\d+)\)`)

// longestSource is how long a file may be, in bytes, to be looked through for gaps.
const longestSource = 1 << 20

// Gaps gives the numbers of the gaps in the files of a folder, each with the first
// place that has it, as file:line.
func Gaps(folder string) (map[string]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	gaps := map[string]string{}
	for _, entry := range entries {
		if info, err := entry.Info(); err != nil || info.Size() > longestSource {
			continue // a program that was built there, as a rule
		}
		if !entry.Type().IsRegular() || entry.Name() == "README.md" || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			for _, match := range gap.FindAllStringSubmatch(line, -1) {
				if gaps[match[1]] == "" {
					gaps[match[1]] = fmt.Sprintf("%s:%d", entry.Name(), number)
				}
			}
		}
	}
	return gaps, nil
}

// gapFilled tells whether the gap of a section is filled at its end.
func (w *walk) gapFilled(section int) error {
	gaps, err := Gaps(filepath.Join(w.root, w.step))
	if err != nil {
		return err
	}
	if gaps[fmt.Sprint(section)] != "" {
		return fmt.Errorf("section %d ends, and TODO(%d) is still there", section, section)
	}
	return nil
}

// passes runs the test of the step.
func (w *walk) passes(ctx context.Context) error {
	t := &terminal{folder: w.root, env: environment(), ports: w.ports}
	defer t.discard()
	return t.do(ctx, "$ go test ./"+w.step+"\nok …\n", false)
}

// solved compares the files of the step with those of its solution. A test there
// is the proof of the step, and no part of the program.
func (w *walk) solved() error {
	solution := filepath.Join(w.root, "solutions", w.step)
	return filepath.WalkDir(solution, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != solution:
			return fs.SkipDir // it has a lesson of its own
		case entry.IsDir(), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		relative, err := filepath.Rel(solution, name)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(w.root, w.step, relative))
		if err != nil {
			return fmt.Errorf("the solution has %s; after the lesson: %w", relative, err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			return fmt.Errorf("%s after the lesson (+) is not that of the solution (-):\n%s", path.Join(w.step, filepath.ToSlash(relative)), diff)
		}
		return nil
	})
}
