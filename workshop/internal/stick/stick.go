// Package stick is about the USB stick, or any other folder, that carries the
// workshop to machines without a network.
//
// [Prepare] begins one, or goes on with an older one, and [Open] reads one. At
// the top of it are a program that is run with Go alone and the list of the
// checksums of everything else, as sha256sum writes it.
package stick

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// What is on a stick. Names are relative to it, with slashes.
const (
	Sums    = "SHA256SUMS"
	Setup   = "setup.go"
	Readme  = "README.txt"
	Archive = Folder + ".zip" // the repository, in a folder of this name
	Folder  = "tracing-workshop"
	Modules = "modules/" // as a module proxy has them
	Jaeger  = "jaeger/"  // as the user cache folder has it
)

// The two files that people see first.
var (
	//go:embed setup/setup.go
	SetupProgram []byte
	//go:embed README.txt
	ReadmeText []byte
)

// Stick is one that is there.
type Stick struct {
	Dir  string
	sums map[string]string // from the name of a file to its checksum
	put  map[string]bool   // what belongs onto the stick now
}

// Open reads the list of what is on a stick.
func Open(dir string) (*Stick, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Stick{Dir: dir, sums: map[string]string{}, put: map[string]bool{}}
	text, err := os.ReadFile(s.path(Sums))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not what `go run ./workshop pack` makes: it has no %s", dir, Sums)
	}
	if err != nil {
		return nil, fmt.Errorf("the stick cannot be read: %w", err)
	}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		sum, name, ok := parseLine(lines.Text())
		if !ok {
			return nil, fmt.Errorf("%s is not what `go run ./workshop pack` makes: its %s has the line %q", dir, Sums, lines.Text())
		}
		s.sums[name] = sum
	}
	if !s.Has(Setup) || !s.Has(Readme) {
		return nil, fmt.Errorf("%s is not what `go run ./workshop pack` makes: its %s is about something else", dir, Sums)
	}
	return s, nil
}

var line = regexp.MustCompile(`^([0-9a-f]{64}) [ *](\S.*)$`)

// parseLine reads a line of the list. A name that leads out of the stick is
// not one of ours.
func parseLine(text string) (sum, name string, ok bool) {
	match := line.FindStringSubmatch(strings.TrimRight(text, "\r"))
	if match == nil || !filepath.IsLocal(filepath.FromSlash(match[2])) || strings.Contains(match[2], `\`) {
		return "", "", false
	}
	return match[1], match[2], true
}

// path is where a file of the stick is.
func (s *Stick) path(name string) string { return filepath.Join(s.Dir, filepath.FromSlash(name)) }

// Has tells whether the list has a file.
func (s *Stick) Has(name string) bool { return s.sums[name] != "" }

// Names gives the files of the list that begin with a prefix, sorted.
func (s *Stick) Names(prefix string) []string {
	names := slices.Sorted(maps.Keys(s.sums))
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

// Size gives the bytes of the files of the list that begin with a prefix.
func (s *Stick) Size(prefix string) (bytes int64) {
	for _, name := range s.Names(prefix) {
		if info, err := os.Stat(s.path(name)); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// Environment is what a go command needs to take modules from the stick, and
// from nowhere else. What they must be is in the go.sum files of the workshop.
func (s *Stick) Environment() []string {
	return []string{"GOPROXY=" + s.Proxy(), "GONOPROXY=none", "GOSUMDB=off"}
}

// Proxy is the stick as a module proxy.
func (s *Stick) Proxy() string { return FileURL(s.path(Modules)) }
