package shipped

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Put writes a file of a step into its folder as it was shipped. What was there
// is kept first, in the first of the folders that takes it; kept is its place,
// or "" if there was nothing. Where nothing can be kept, nothing is written.
func (s *Steps) Put(step, name, folder string, keep ...string) (kept string, err error) {
	text, ok := s.Text(step, name)
	if !ok {
		return "", fmt.Errorf("%s was not shipped with a file %s", step, name)
	}
	path := filepath.Join(folder, name)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read %s, so it stays as it is: %w", path, err)
	}
	if err == nil {
		if kept, err = save(old, name, keep); err != nil {
			return "", fmt.Errorf("cannot keep a copy of %s, so it stays as it is: %w", path, err)
		}
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		if kept != "" {
			_ = os.Remove(kept)
		}
		return "", fmt.Errorf("cannot bring %s back: %w", path, err)
	}
	return kept, nil
}

// save writes a file into the first of the folders that takes it.
func save(text []byte, name string, folders []string) (path string, err error) {
	err = errors.New("there is no folder for it")
	for _, folder := range folders {
		if err = os.MkdirAll(folder, 0o755); err != nil {
			continue
		}
		path = filepath.Join(folder, name)
		if err = create(path, text); err == nil {
			return path, nil
		}
	}
	return "", err
}

// create writes a new file, and none over one that is there.
func create(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
