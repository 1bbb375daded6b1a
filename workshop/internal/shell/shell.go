// Package shell writes what people type, in the usual shell of their system.
// Systems are named as Go names them.
package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// SetVariable is the line that sets an environment variable.
func SetVariable(system, name, value string) string {
	if system == "windows" {
		return fmt.Sprintf("$env:%s = %q", name, value)
	}
	return fmt.Sprintf("export %s=%s", name, value)
}

// Stop is the line that ends a process.
func Stop(system string, pid int) string {
	if system == "windows" {
		return fmt.Sprintf("taskkill /t /f /pid %d", pid)
	}
	return fmt.Sprintf("kill %d", pid)
}

// Copy is the line that copies a file over another one.
func Copy(system, from, to string) string {
	command := "cp"
	if system == "windows" {
		command = "copy"
	}
	return command + " " + PathWord(from) + " " + PathWord(to)
}

// Word makes one word of an argument. Where quotes are needed, it escapes what
// is in them as Go does.
func Word(argument string) string {
	if argument == "" || strings.ContainsAny(argument, " \t&;|<>*?()'$") {
		return strconv.Quote(argument)
	}
	return argument
}

// PathWord makes one word of a path, whose backslashes stay what they are.
func PathWord(path string) string {
	if strings.ContainsAny(path, " &()'") {
		return `"` + path + `"`
	}
	return path
}

// Home writes the home folder of a path as ~.
func Home(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok && err == nil && home != "" {
		return filepath.Join("~", rest)
	}
	return path
}
