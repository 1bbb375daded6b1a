package backend

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// playJava answers as a Java does that is asked for its version.
func playJava(role string) int {
	switch {
	case role == "java 17" && os.Args[1] == "--list-modules":
		fmt.Print("java.base@17.0.15\njdk.compiler@17.0.15\n")
	case role == "java 8" && os.Args[1] == "-version":
		fmt.Fprintln(os.Stderr, `openjdk version "1.8.0_402"`)
	default:
		fmt.Fprintln(os.Stderr, "Unrecognized option: "+os.Args[1])
		return 1
	}
	return 0
}

func TestAskJava(t *testing.T) {
	path := self(t)
	for role, want := range map[string]java{
		"java 17": {path, 17, true},
		"java 8":  {path, 8, false},
	} {
		t.Setenv("FAKE", role)
		if got, err := askJava(path); err != nil || got != want {
			t.Errorf("%s: %v (%v), want %v", role, got, err, want)
		}
	}
}

func TestChooseJava(t *testing.T) {
	eleven, jre, jdk, late := java{"/11", 11, true}, java{"/17", 17, false}, java{"/17jdk", 17, true}, java{"/25", 25, true}
	for _, c := range []struct {
		name  string
		wants versions
		found []java
		path  string
		says  string
	}{
		{"none", versions{least: 17}, nil, "", "it needs Java 17 or later, and none is in JAVA_HOME or on PATH"},
		{"too old", versions{least: 17, most: 21}, []java{eleven}, "", "it needs a Java from 17 to 21, and /11 is Java 11"},
		{"too new", versions{least: 17, most: 17}, []java{late}, "", "it needs Java 17, and /25 is Java 25"},
		{"no compiler", versions{least: 17, compiler: true}, []java{jre}, "", "it needs the compiler of a JDK, and /17 is a Java without one"},
		{"the second one", versions{least: 17, most: 21, compiler: true}, []java{eleven, late, jre, jdk}, "/17jdk", ""},
		{"a later one", versions{least: 17}, []java{late, jre}, "/25", ""},
	} {
		got, missing := c.wants.choose(c.found)
		if got.path != c.path || (missing == nil) != (c.says == "") || (missing != nil && missing.What != c.says) {
			t.Errorf("%s: %v, %v", c.name, got, missing)
		}
	}
}

func TestLacks(t *testing.T) {
	ownCache(t)
	t.Setenv("PATH", t.TempDir())
	t.Setenv("JAVA_HOME", "")
	for _, s := range All()[:5] {
		err := s.Lacks()
		var missing *Missing
		if !errors.As(err, &missing) {
			t.Errorf("%s lacks nothing: %v", s.Name, err)
			continue
		}
		text := err.Error()
		if strings.Contains(text, "\n") || !strings.HasPrefix(text, s.Title+" cannot run here: it needs ") || !strings.HasSuffix(text, ", or run "+s.Docker) && runtime.GOOS == "linux" {
			t.Errorf("%s lacks: %s", s.Name, text)
		}
		if err := s.Fetch(t.Context(), nil); !errors.As(err, &missing) {
			t.Errorf("a fetch of %s gives %v", s.Name, err)
		}
		if _, err := s.Start(t.Context(), Options{Folder: t.TempDir()}); !errors.As(err, &missing) {
			t.Errorf("a start of %s gives %v", s.Name, err)
		}
	}
}

// TestLacksMaven only as long as there is something to fetch.
func TestLacksMaven(t *testing.T) {
	s := fetched(t, nil)
	s.recipe.brings = lacksMaven
	t.Setenv("PATH", t.TempDir())
	if err := s.Lacks(); err == nil || !strings.HasPrefix(err.Error(), "Fake 1.0 cannot run here: it is fetched by Maven, and there is no mvn on PATH; ") {
		t.Errorf("it lacks %v", err)
	}
	home, err := s.home()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		t.Fatal(err)
	}
	note(home+"/"+complete, "")
	if err := s.Lacks(); err != nil {
		t.Errorf("it is fetched, and it lacks %v", err)
	}
}
