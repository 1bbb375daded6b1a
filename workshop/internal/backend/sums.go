package backend

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sums are the SHA-256 sums of files by their names.
type sums map[string]string

// parseSums reads what sha256sum prints.
func parseSums(text string) sums {
	s := sums{}
	for line := range strings.Lines(text) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			s[name] = sum
		}
	}
	return s
}

// absent gives the files that are not in the folder.
func (s sums) absent(folder string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			names = append(names, name)
		}
	}
	return names
}

// check removes from the folder the files that are not what they should be, and
// names the first of them.
func (s sums) check(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var failure error
	for _, entry := range entries {
		wrong := s.wrong(folder, entry.Name())
		if wrong == nil {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
		if failure == nil {
			failure = wrong
		}
	}
	return failure
}

func (s sums) wrong(folder, name string) error {
	want, known := s[name]
	if !known {
		return fmt.Errorf("%s was removed: it is none of the files that belong here", name)
	}
	got, err := sumOf(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s was removed: its SHA-256 sum is %s and should be %s; remove it from Maven's repository too, which is ~/.m2/repository as a rule", name, got, want)
	}
	return nil
}

func sumOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
