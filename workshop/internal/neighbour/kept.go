package neighbour

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/shell"
)

// errRuns means that a system has its folder in use.
var errRuns = errors.New("it runs")

// kept is the folder in which a system keeps what it stores.
type kept struct{ folder string }

// keptBy gives the folder of the system of that name.
func keptBy(name string) (kept, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return kept{}, fmt.Errorf("backend: no place for what %s stores: %w", name, err)
	}
	return kept{filepath.Join(cache, "tracing-workshop", "backend-data", name)}, nil
}

// lock keeps others from using the folder, until unlock is called or this
// process ends. It gives [errRuns] where somebody uses it.
func (k kept) lock() (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(k.folder), 0o755); err != nil {
		return nil, fmt.Errorf("backend: no place for what is stored: %w", err)
	}
	// The lock is beside the folder, which may be removed.
	file, err := os.OpenFile(k.folder+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("backend: no place for what is stored: %w", err)
	}
	mine, err := proc.TryLock(file)
	if err == nil && mine {
		return func() { file.Close() }, nil
	}
	file.Close()
	if err != nil {
		return nil, fmt.Errorf("backend: %s cannot be locked: %w", shell.Home(file.Name()), err)
	}
	return nil, errRuns
}

// inUse tells whether somebody has the lock.
func (k kept) inUse() bool {
	if _, err := os.Stat(k.folder + ".lock"); err != nil {
		return false // nobody has ever had it
	}
	unlock, err := k.lock()
	if err == nil {
		unlock()
	}
	return errors.Is(err, errRuns)
}

// size gives the bytes that the files in the folder take, and whether there is one.
func (k kept) size() (bytes int64, there bool) {
	if _, err := os.Stat(k.folder); err != nil {
		return 0, false
	}
	return proc.SizeOnDisk(k.folder), true
}

// forget removes the folder.
func (k kept) forget() error {
	if err := os.RemoveAll(k.folder); err != nil {
		return fmt.Errorf("backend: not all of %s could be removed: %w", shell.Home(k.folder), err)
	}
	return nil
}
