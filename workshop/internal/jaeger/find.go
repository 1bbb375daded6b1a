package jaeger

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Binary is a Jaeger program that runs on this machine.
type Binary struct {
	Path    string
	Origin  Origin
	Version string // like "2.13.0"; empty when the program does not know
	UI      bool   // whether the pages of the user interface are in it
}

func (b Binary) String() string { return strings.TrimSpace("Jaeger " + b.Version) }

// Origin says where a [Binary] was found.
type Origin string

const (
	FromEnvironment Origin = "JAEGER_BIN"
	FromPath        Origin = "PATH"
	FromCache       Origin = "the user cache folder"
)

// ErrMissing means that there is no Jaeger on this machine yet.
var ErrMissing = errors.New("there is no Jaeger on this machine yet: " +
	"run `go run ./workshop jaeger -build` once, which takes a few minutes")

// Find gives the first Jaeger there is of: the file that JAEGER_BIN names, a
// Jaeger v2 on PATH, and the one that [Build] put into the user cache folder.
// It gives [ErrMissing] when there is none, and another error when JAEGER_BIN
// names something else than a Jaeger v2.
func Find(m Module) (Binary, error) {
	if path := os.Getenv("JAEGER_BIN"); path != "" {
		b, err := inspect(path, FromEnvironment)
		if err != nil {
			return Binary{}, fmt.Errorf("JAEGER_BIN is set to %s, which cannot be used: %w", path, err)
		}
		return b, nil
	}
	if path, err := exec.LookPath("jaeger"); err == nil {
		if b, err := inspect(path, FromPath); err == nil {
			return b, nil
		}
	}
	path, err := m.Target()
	if err != nil {
		return Binary{}, err
	}
	b, err := inspect(path, FromCache)
	if errors.Is(err, fs.ErrNotExist) {
		return Binary{}, ErrMissing
	}
	return b, err
}

// inspect asks the program at path what it is.
func inspect(path string, origin Origin) (Binary, error) {
	if _, err := os.Stat(path); err != nil {
		return Binary{}, err
	}
	version, err := askVersion(path)
	if err != nil {
		return Binary{}, err
	}
	return Binary{Path: path, Origin: origin, Version: version, UI: carriesUI(path)}, nil
}

// askVersion runs `jaeger version`, which prints a JSON object since v2 and
// answers within 50 ms.
func askVersion(path string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("`%s version` failed: %w", path, err)
	}
	var answer struct {
		Version *string `json:"gitVersion"`
	}
	if json.Unmarshal(out, &answer) != nil || answer.Version == nil {
		return "", fmt.Errorf("`%s version` does not answer as Jaeger v2 does", path)
	}
	version := strings.TrimPrefix(*answer.Version, "v")
	if strings.HasPrefix(version, "1.") {
		return "", fmt.Errorf("it is Jaeger %s, and the workshop needs version 2", version)
	}
	return version, nil
}

// carriesUI tells whether the program at path holds the user interface. Its
// pages are not in the Go module, so that what was built from that, as its
// checksum tells, lacks them. All other ways to build Jaeger put them in.
func carriesUI(path string) bool {
	built, err := buildinfo.ReadFile(path)
	return err != nil || built.Main.Path != modulePath || built.Main.Sum == ""
}
