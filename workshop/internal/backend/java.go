package backend

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// java is a Java of this machine.
type java struct {
	path     string
	version  int  // as 17
	compiler bool // it runs a source file
}

// versions are the ones that a server runs on.
type versions struct {
	least, most int  // most is 0 where any later one will do
	compiler    bool // it is started from a source file
}

// javaPackages bring a Java that all of the servers run on.
func javaPackages() packages {
	return packages{apt: "openjdk-17-jdk-headless", brew: "openjdk@17", winget: "EclipseAdoptium.Temurin.17.JDK"}
}

// javas looks for those in JAVA_HOME and on PATH, once.
func javas() func() []java {
	return sync.OnceValue(func() []java {
		var found []java
		for _, path := range javaPaths() {
			if j, err := askJava(path); err == nil {
				found = append(found, j)
			}
		}
		return found
	})
}

func javaPaths() []string {
	var paths []string
	if home := os.Getenv("JAVA_HOME"); home != "" {
		paths = append(paths, filepath.Join(home, "bin", "java"))
	}
	if path, err := exec.LookPath("java"); err == nil {
		paths = append(paths, path)
	}
	return paths
}

var (
	baseModule  = regexp.MustCompile(`(?m)^java\.base@(\d+)`)
	javaVersion = regexp.MustCompile(`version "(?:1\.)?(\d+)`)
)

// askJava asks for the version and whether there is a compiler. A Java before
// 9, which has no modules, is asked once more.
func askJava(path string) (java, error) {
	modules, err := said(path, "--list-modules")
	match := baseModule.FindStringSubmatch(modules)
	if err != nil || match == nil {
		text, err := said(path, "-version")
		if err != nil {
			return java{}, err
		}
		if match = javaVersion.FindStringSubmatch(text); match == nil {
			return java{}, fmt.Errorf("%s does not tell its version", path)
		}
	}
	version, err := strconv.Atoi(match[1])
	return java{path, version, strings.Contains(modules, "jdk.compiler@")}, err
}

// choose gives the first Java that will do.
func (v versions) choose(found []java) (java, *Missing) {
	wrong := ""
	for _, j := range found {
		switch {
		case j.version < v.least, v.most > 0 && j.version > v.most:
			wrong = fmt.Sprintf("it needs %s, and %s is Java %d", v, j.path, j.version)
		case v.compiler && !j.compiler:
			wrong = fmt.Sprintf("it needs the compiler of a JDK, and %s is a Java without one", j.path)
		default:
			return j, nil
		}
	}
	if wrong == "" {
		wrong = fmt.Sprintf("it needs %s, and none is in JAVA_HOME or on PATH", v)
	}
	return java{}, &Missing{What: wrong, Get: javaPackages().command()}
}

func (v versions) String() string {
	switch v.most {
	case 0:
		return fmt.Sprintf("Java %d or later", v.least)
	case v.least:
		return fmt.Sprintf("Java %d", v.least)
	}
	return fmt.Sprintf("a Java from %d to %d", v.least, v.most)
}
