package stick

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Prepare begins a stick in a folder with nothing in it, or goes on with the
// one that is there. Its parent has to be there.
func Prepare(dir string) (*Stick, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("the folder for the stick cannot be made: %w", err)
	}
	if s, err := Open(dir); err == nil {
		return s, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the stick cannot be read: %w", err)
	}
	for _, entry := range entries {
		if !harmless(entry.Name()) {
			return nil, fmt.Errorf("%s holds other files, as %s: name an empty folder, or one that is not there yet, as %s",
				dir, entry.Name(), filepath.Join(dir, Folder))
		}
	}
	return &Stick{Dir: dir, sums: map[string]string{}, put: map[string]bool{}}, nil
}

// harmless tells what does not speak against a stick: what systems put onto
// each one, and the installers of Go.
func harmless(name string) bool {
	systems := []string{"System Volume Information", "$RECYCLE.BIN", "lost+found"}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "go1.") || slices.Contains(systems, name)
}

// Verify reads all files of the list, and removes those that are not what it
// says. The function checked is told of each one. Where a module is damaged,
// the archive goes, too: it stands for modules that are all there.
func (s *Stick) Verify(ctx context.Context, checked func(done, total int)) error {
	names := s.Names("")
	for i, name := range names {
		if !s.Has(name) { // it has just gone
			continue
		}
		sum, err := copySum(ctx, io.Discard, s.path(name))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || sum != s.sums[name] {
			s.remove(name)
			if strings.HasPrefix(name, Modules) {
				s.remove(Archive)
			}
		}
		checked(i+1, len(names))
	}
	return nil
}

// Write puts a text onto the stick.
func (s *Stick) Write(name string, text []byte) error {
	sum := sha256.Sum256(text)
	return s.place(name, hex.EncodeToString(sum[:]), func(file *os.File) error {
		_, err := file.Write(text)
		return err
	})
}

// Copy puts a file onto the stick.
func (s *Stick) Copy(ctx context.Context, name, from string) error {
	sum, err := copySum(ctx, io.Discard, from)
	if err != nil {
		return err
	}
	return s.place(name, sum, func(file *os.File) error {
		written, err := copySum(ctx, file, from)
		if err == nil && written != sum {
			err = fmt.Errorf("%s has changed meanwhile", from)
		}
		return err
	})
}

// place makes a file of the stick, unless it is there with that checksum.
func (s *Stick) place(name, sum string, write func(*os.File) error) error {
	s.put[name] = true
	if s.sums[name] == sum {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		return fmt.Errorf("the stick cannot be written: %w", err)
	}
	if err := replace(s.path(name), 0o644, write); err != nil {
		return fmt.Errorf("the stick cannot be written: %w", err)
	}
	s.sums[name] = sum
	return nil
}

// Keep says that a file of the list, if it has it, still belongs onto the stick.
func (s *Stick) Keep(name string) bool {
	s.put[name] = s.Has(name)
	return s.put[name]
}

// Sweep removes the files of an older stick that belong there no more. It
// touches nothing that is not in the list.
func (s *Stick) Sweep() {
	for _, name := range s.Names("") {
		if s.put[name] {
			continue
		}
		s.remove(name)
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			if os.Remove(s.path(folder)) != nil { // something is in it
				break
			}
		}
	}
}

// remove removes a file of the list.
func (s *Stick) remove(name string) {
	if s.Has(name) {
		delete(s.sums, name)
		_ = os.Remove(s.path(name))
	}
}

// Save writes the list.
func (s *Stick) Save() error {
	var list strings.Builder
	for _, name := range s.Names("") {
		fmt.Fprintf(&list, "%s  %s\n", s.sums[name], name)
	}
	err := replace(s.path(Sums), 0o644, func(file *os.File) error {
		if _, err := file.WriteString(list.String()); err != nil {
			return err
		}
		return file.Sync()
	})
	if err != nil {
		return fmt.Errorf("the stick cannot be written: %w", err)
	}
	return nil
}
