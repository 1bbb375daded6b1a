package jaeger

import (
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// Platform is a system and a processor, as Go names them.
type Platform struct{ OS, Arch string }

// Here is the platform of this machine.
func Here() Platform { return Platform{runtime.GOOS, runtime.GOARCH} }

// ParsePlatform reads what [Platform.String] gives, as "linux/amd64".
func ParsePlatform(text string) (Platform, error) {
	system, processor, ok := strings.Cut(text, "/")
	if !ok || system == "" || processor == "" || strings.ContainsAny(processor, `/\`) {
		return Platform{}, fmt.Errorf("%q is no system with a processor, as linux/amd64", text)
	}
	return Platform{system, processor}, nil
}

func (p Platform) String() string { return p.OS + "/" + p.Arch }

// For gives the same module, for a Jaeger that runs on another platform. [Build]
// makes that one as well. [Find] is about programs that run on this machine.
func (m Module) For(p Platform) Module {
	m.platform = p
	return m
}

// Platform is the one that Jaeger is for.
func (m Module) Platform() Platform {
	if m.platform == (Platform{}) {
		return Here()
	}
	return m.platform
}

// Name is what the folder and the file of Jaeger are called wherever it is
// kept, with a slash between them. The folder names the version, the platform
// and the pin.
func (m Module) Name() (string, error) {
	pin, err := m.pin()
	if err != nil {
		return "", err
	}
	p, program := m.Platform(), "jaeger"
	if p.OS == "windows" {
		program += ".exe"
	}
	return path.Join(fmt.Sprintf("jaeger-%s-%s-%s-%s", Version, p.OS, p.Arch, pin), program), nil
}

// inspectBuilt tells what the program at name is, which [Build] has made. One
// for another platform does not run here, and is asked what it was built from.
func (m Module) inspectBuilt(name string) (Binary, error) {
	if m.Platform() == Here() {
		return inspect(name, FromCache)
	}
	if _, err := os.Stat(name); err != nil {
		return Binary{}, err
	}
	built, err := buildinfo.ReadFile(name)
	if err != nil {
		return Binary{}, &fs.PathError{Op: "inspect", Path: name, Err: err}
	}
	if p := platformOf(built); built.Path != command || p != m.Platform() {
		return Binary{}, fmt.Errorf("%s is %s for %s, and not Jaeger for %s", name, built.Path, p, m.Platform())
	}
	return Binary{Path: name, Origin: FromCache, Version: Version}, nil
}

func platformOf(built *buildinfo.BuildInfo) Platform {
	setting := func(key string) string {
		i := slices.IndexFunc(built.Settings, func(s debug.BuildSetting) bool { return s.Key == key })
		if i < 0 {
			return "unknown"
		}
		return built.Settings[i].Value
	}
	return Platform{setting("GOOS"), setting("GOARCH")}
}
