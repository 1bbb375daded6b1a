// Package progress remembers where somebody is in a clone of the workshop: the
// step that was worked on last, and what the last check of each step said. It
// keeps that in the user's cache folder, and never in the clone. Where nothing
// can be kept, nothing is remembered, and that is no error.
package progress

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Folder is the environment variable that names another folder to keep it in.
const Folder = "WORKSHOP_PROGRESS"

// Progress is what is remembered of one clone. Several goroutines may use it.
type Progress struct {
	file string // "" if nothing can be kept
	mu   sync.Mutex
	note note
}

// note is what the file holds.
type note struct {
	Root  string             `json:"root"`
	Step  string             `json:"step"` // that was worked on last
	Used  time.Time          `json:"used"` // when that was
	Steps map[string]Outcome `json:"steps"`
}

// Outcome is what a check of a step said.
type Outcome struct {
	Print   string            `json:"print"` // of the files that were checked
	Solved  bool              `json:"solved"`
	Section string            `json:"section,omitempty"` // of the lesson that the verdict was about
	Checks  map[string]string `json:"checks,omitempty"`  // name -> pass, fail or pending
}

// Of gives what is remembered of the clone in a folder.
func Of(root string) *Progress {
	p := &Progress{note: note{Root: root}}
	if folder, err := Kept("progress"); err == nil {
		sum := sha256.Sum256([]byte(root))
		p.file = filepath.Join(folder, fmt.Sprintf("%x.json", sum[:8]))
	}
	p.read()
	return p
}

// Kept gives a folder of that name for what the workshop keeps of a learner. It
// need not be there yet.
func Kept(name string) (string, error) {
	if folder := os.Getenv(Folder); folder != "" {
		return filepath.Join(folder, name), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep it in: %w", err)
	}
	return filepath.Join(cache, "tracing-workshop", name), nil
}

// Last gives the step that was worked on last, and when; "" if none was.
func (p *Progress) Last() (step string, used time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.note.Step, p.note.Used
}

// Use says that somebody works on a step.
func (p *Progress) Use(step string, now time.Time) {
	p.change(func(n *note) { n.Step, n.Used = step, now })
}

// Outcome gives what the last check of a step said, if its files are still those
// with that fingerprint.
func (p *Progress) Outcome(step, print string) (o Outcome, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, known = p.note.Steps[step]
	return o, known && o.Print == print && print != ""
}

// Note remembers what a check of a step said.
func (p *Progress) Note(step string, o Outcome) {
	p.change(func(n *note) {
		if n.Steps == nil {
			n.Steps = map[string]Outcome{}
		}
		n.Steps[step] = o
	})
}

// change changes what is remembered. Another terminal may have changed it, too.
func (p *Progress) change(do func(*note)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read()
	do(&p.note)
	p.write()
}

func (p *Progress) read() {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return
	}
	var n note
	if json.Unmarshal(text, &n) == nil && n.Root == p.note.Root {
		p.note = n
	}
}

// write replaces the file at once: who reads it finds all of it, or none.
func (p *Progress) write() {
	text, err := json.MarshalIndent(p.note, "", "  ")
	if err != nil || p.file == "" || os.MkdirAll(filepath.Dir(p.file), 0o755) != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(p.file), "new-*")
	if err != nil {
		return
	}
	_, err = file.Write(text)
	if file.Close() != nil || err != nil || os.Rename(file.Name(), p.file) != nil {
		_ = os.Remove(file.Name())
	}
}
