package stick

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Install copies a file of the stick to a place on this machine, as a program.
// It comes into its place in one piece, with the right checksum, or not at all.
func (s *Stick) Install(ctx context.Context, name, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return replace(to, 0o755, func(file *os.File) error {
		sum, err := copySum(ctx, file, s.path(name))
		if err == nil && sum != s.sums[name] {
			err = fmt.Errorf("%s is damaged: its checksum is not the one in %s; take another stick, or have it made anew", s.path(name), Sums)
		}
		return err
	})
}

// replace writes a file beside its place, and moves it there when it is whole.
func replace(path string, mode os.FileMode, write func(*os.File) error) error {
	fresh, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // after the renaming, this does nothing
	err = write(fresh)
	if closed := fresh.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	// The file systems of most sticks keep no such bits, which matters only
	// to a program.
	if err := os.Chmod(fresh.Name(), mode); err != nil && mode&0o100 != 0 {
		return err
	}
	return os.Rename(fresh.Name(), path)
}

// copySum copies a file to a writer, and gives its checksum.
func copySum(ctx context.Context, to io.Writer, path string) (string, error) {
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, hash), &interruptible{ctx, from}); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// interruptible ends reading with a context: sticks are slow.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
