package jaeger

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"example.com/tracing-workshop/workshop/internal/repository"
)

// Module is the Go module that pins Jaeger and everything it is made of.
type Module struct {
	Dir string
	// platform is what Jaeger is for; the zero value is this machine's.
	platform Platform
}

// FindModule gives the module step05-jaeger/jaeger of the workshop that dir
// is in: of dir itself, or of a folder above it.
func FindModule(dir string) (Module, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return Module{}, err
	}
	r, err := repository.Find(start)
	if err != nil || !r.Has("step05-jaeger", "jaeger", "go.mod") {
		return Module{}, fmt.Errorf("%s is not inside the workshop: no folder above it has step05-jaeger/jaeger/go.mod", start)
	}
	return Module{Dir: r.Path("step05-jaeger", "jaeger")}, nil
}

// Folder is the folder in the user cache folder that [Build] works in. It need
// not be there yet.
func (m Module) Folder() (string, error) {
	target, err := m.Target()
	return filepath.Dir(target), err
}

// Target is the file in the user cache folder that [Build] makes, and in which
// [Find] looks. Another version, platform or pin has another file, so that two
// copies of the workshop do not take turns building.
func (m Module) Target() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to keep Jaeger in: %w", err)
	}
	name, err := m.Name()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "tracing-workshop", filepath.FromSlash(name)), nil
}

// pin is a short fingerprint of go.mod and go.sum.
func (m Module) pin() (string, error) {
	hash := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(m.Dir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:4]), nil
}
