package backend

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/tracing-workshop/workshop/internal/disk"
	"example.com/tracing-workshop/workshop/internal/proc"
)

// Progress is where a fetch stands.
type Progress struct {
	Stage string // as "downloading"
	Done  int    // of what the stage counts: files, packages
	Total int    // 0 where it is not known beforehand
}

// waiting is the stage of a fetch that another process does.
const waiting = "waiting for another process that fetches the same"

// complete is the file that says that all has been fetched.
const complete = "complete"

// Fetched tells whether all that the system needs from elsewhere is on this
// machine, and how many bytes that is.
func (s *System) Fetched() (bytes int64, all bool) {
	if s.recipe.pin == "" {
		return 0, true
	}
	home, err := s.home()
	if err != nil {
		return 0, false
	}
	return proc.SizeOf(home), s.isComplete(home)
}

// Fetch brings what is pinned into the user cache folder, where it is not there
// yet. Of several processes that fetch the same, one works and the others wait
// for it. A fetch that was broken off goes on. Report is told each step forward;
// it may be nil.
func (s *System) Fetch(ctx context.Context, report func(Progress)) error {
	if s.recipe.pin == "" {
		return s.Lacks()
	}
	home, err := s.home()
	if err != nil {
		return err
	}
	if s.isComplete(home) {
		return nil
	}
	if err := s.Lacks(); err != nil {
		return err
	}
	if report == nil {
		report = func(Progress) {}
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return fmt.Errorf("no place for %s in the user cache folder: %w", s.Title, err)
	}
	lock, err := s.lock(ctx, home+".lock", report)
	if err != nil {
		return err
	}
	defer lock.Close()
	if s.isComplete(home) {
		return nil
	}
	if err := roomFor(home, uint64(max(0, s.recipe.size-proc.SizeOf(home)))); err != nil {
		return err
	}
	if err := s.recipe.fetch(ctx, home, report); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("the fetch of %s was stopped, what is here is kept: %w", s.Title, context.Cause(ctx))
		}
		return fmt.Errorf("%s could not be fetched: %w", s.Title, err)
	}
	return os.WriteFile(filepath.Join(home, complete), nil, 0o644)
}

// roomFor gives an error if the disk has no room for so many bytes.
func roomFor(home string, bytes uint64) error {
	return disk.Free(proc.FreeSpace).RoomFor(home, bytes)
}

// home is the folder in the user cache folder for what is fetched. It need not
// be there yet.
func (s *System) home() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep %s in: %w", s.Title, err)
	}
	pin := sha256.Sum256([]byte(s.recipe.pin))
	return filepath.Join(cache, "tracing-workshop", "backends", fmt.Sprintf("%s-%x", s.Name, pin[:4])), nil
}

func (s *System) isComplete(home string) bool {
	if _, err := os.Stat(filepath.Join(home, complete)); err != nil {
		return false
	}
	return s.recipe.holds == nil || s.recipe.holds(home)
}

// lock waits until no other process fetches the same. To close the file is to
// give the lock back.
func (s *System) lock(ctx context.Context, name string, report func(Progress)) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("no place for %s in the user cache folder: %w", s.Title, err)
	}
	for told := false; ; told = true {
		mine, err := proc.TryLock(file)
		if mine {
			return file, nil
		}
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("%s cannot be locked: %w", name, err)
		}
		if !told {
			report(Progress{Stage: waiting})
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("nobody waits any more for the other process that fetches %s: %w", s.Title, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
