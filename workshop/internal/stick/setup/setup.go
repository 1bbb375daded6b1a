// Setup puts the tracing workshop onto a machine without a network, from the
// USB stick or folder that this file is in. Go is all that it needs:
//
//	go run /media/stick/setup.go [folder]
//
// It unpacks the workshop into the folder, which is tracing-workshop in the
// current one if none is named, and lets the workshop install everything else
// from the stick. It leaves no setting behind. Typed a second time, or in a
// clone of the workshop, it goes on with what is there.
//
// The stick carries this file alone, so it imports the standard library only,
// and only what old releases of Go have as well: those must get as far as to
// say that they are too old.
package main

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	name      = "tracing-workshop" // of the folder, also inside of the archive
	archive   = name + ".zip"
	checksums = "SHA256SUMS"
)

func main() {
	if err := setUp(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

func setUp(args []string) error {
	if len(args) > 1 || len(args) == 1 && strings.HasPrefix(args[0], "-") {
		return errors.New("give one folder to put the workshop into, or nothing")
	}
	stick, err := findStick()
	if err != nil {
		return err
	}
	folder, err := choose(stick, args)
	if err != nil {
		return err
	}
	unpacked := !isWorkshop(folder)
	if unpacked {
		fmt.Printf("Unpacking the workshop into %s\n", folder)
		if err := unpack(stick, folder); err != nil {
			return err
		}
	}
	if err := checkGo(stick, folder); err != nil {
		return err
	}
	fmt.Println("Installing from the stick: compiling takes some minutes, and needs no network.")
	if err := install(stick, folder); err != nil && !unpacked {
		return fmt.Errorf("%v; if the workshop in %s is another version than the stick's, name a new folder after setup.go", err, folder)
	} else if err != nil {
		return err
	}
	if here, err := os.Getwd(); err != nil || here != folder {
		fmt.Printf("That is to be typed in the folder of the workshop:\n\n  cd %s\n", quote(folder))
	}
	return nil
}

// findStick gives the folder that this file is in.
func findStick() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	folder := filepath.Dir(filepath.FromSlash(file))
	if !filepath.IsAbs(folder) { // GOFLAGS holds -trimpath
		return "", errors.New("the go command hides where the stick is: take -trimpath out of GOFLAGS")
	}
	for _, needed := range []string{checksums, archive} {
		if !exists(filepath.Join(folder, needed)) {
			return "", fmt.Errorf("there is no %s beside %s: the stick is not complete, so it has to be made anew", needed, file)
		}
	}
	return folder, nil
}

// choose gives the folder for the workshop: one that holds it already, or one
// that is not there yet or empty.
func choose(stick string, args []string) (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cannot tell the current folder: %v", err)
	}
	if len(args) == 0 {
		for folder := here; ; folder = filepath.Dir(folder) {
			if isWorkshop(folder) {
				return folder, nil
			}
			if folder == filepath.Dir(folder) {
				break
			}
		}
		if inside(stick, here) {
			return "", errors.New("the workshop does not run on the stick: change to a folder of this machine, or name one after setup.go")
		}
		args = []string{name}
	}
	folder, err := filepath.Abs(args[0])
	if err != nil {
		return "", err
	}
	if inside(stick, folder) {
		return "", fmt.Errorf("%s is on the stick, where the workshop does not run: name a folder of this machine", folder)
	}
	if !exists(folder) || isWorkshop(folder) {
		return folder, nil
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		return "", fmt.Errorf("%s is there already, and is not the workshop: name another folder after setup.go", folder)
	}
	return folder, nil
}

func isWorkshop(folder string) bool {
	return exists(filepath.Join(folder, "go.work")) && exists(filepath.Join(folder, "workshop", "go.mod"))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func inside(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// unpack makes the folder from the archive, in one piece or not at all.
func unpack(stick, folder string) error {
	path := filepath.Join(stick, archive)
	if err := verify(stick, path); err != nil {
		return err
	}
	packed, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %v", path, err)
	}
	defer packed.Close()
	fresh := fmt.Sprintf("%s.%d.part", folder, os.Getpid())
	defer os.RemoveAll(fresh)
	for _, file := range packed.File {
		if err := extract(file, fresh); err != nil {
			return fmt.Errorf("the workshop cannot be unpacked: %v", err)
		}
	}
	_ = os.Remove(folder) // which is empty, or not there
	return rename(fresh, folder)
}

// verify compares a file with its line in the list of checksums: sticks break.
func verify(stick, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("%s cannot be read: %v", path, err)
	}
	list, err := os.Open(filepath.Join(stick, checksums))
	if err != nil {
		return err
	}
	defer list.Close()
	want := fmt.Sprintf("%x  %s", hash.Sum(nil), filepath.Base(path))
	for lines := bufio.NewScanner(list); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == want {
			return nil
		}
	}
	return fmt.Errorf("%s is damaged: its checksum is not the one in %s; take another stick, or have it made anew", path, checksums)
}

// extract writes one file of the archive below the folder.
func extract(file *zip.File, folder string) error {
	path := filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(file.Name, name+"/")))
	if !inside(folder, path) {
		return fmt.Errorf("%s would be outside of the folder", file.Name)
	}
	if file.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := file.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, file.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}

// rename tries for some time: a virus scanner may hold a new file open.
func rename(from, to string) error {
	var err error
	for try := 0; try < 20; try++ {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the workshop cannot be put into its place: %v", err)
}

var goLine = regexp.MustCompile(`(?m)^go (\S+)`)

// checkGo asks the go command which version it is there, which can be another
// one than this program's: it may have fetched a newer one before.
func checkGo(stick, folder string) error {
	text, err := os.ReadFile(filepath.Join(folder, "go.work"))
	match := goLine.FindSubmatch(text)
	if err != nil || match == nil {
		return fmt.Errorf("%s is not complete: remove it, and then the same command again", folder)
	}
	needs := "go" + string(match[1])
	out, err := command(stick, folder, "env", "GOVERSION").Output()
	has := strings.TrimSpace(string(out))
	if err != nil || has == "" {
		has = runtime.Version()
	}
	if older(has, needs) {
		return fmt.Errorf("%s is too old: the workshop needs %s or later; install it (look for an installer on the stick, or at https://go.dev/dl), open a new terminal, and then the same command again", has, needs)
	}
	return nil
}

// older tells whether a version of Go comes before another. Somebody's own
// build, which has no number, does not.
func older(has, than string) bool {
	a, b := numbers(has), numbers(than)
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

var digits = regexp.MustCompile(`^go(\d+)\.(\d+)(?:\.(\d+))?`)

// numbers gives those of go1.26.3: 1, 26 and 3.
func numbers(version string) []int {
	match := digits.FindStringSubmatch(version)
	if match == nil {
		return nil
	}
	var all []int
	for _, text := range match[1:] {
		n, _ := strconv.Atoi(text)
		all = append(all, n)
	}
	return all
}

// install lets the workshop do the rest. Ctrl-C reaches it by itself, and this
// program has to wait for it.
func install(stick, folder string) error {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)
	cmd := command(stick, folder, "run", "./workshop", "doctor", "-from", stick)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return errors.New("not everything is installed, see above; the same command again goes on from there")
	}
	return nil
}

// command prepares a go command that takes modules from the stick, and asks no
// other place: what they must be is in the go.sum files of the workshop. The
// environment is that command's alone.
func command(stick, folder string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "PWD="+folder,
		"GOPROXY="+fileURL(filepath.Join(stick, "modules")), "GONOPROXY=none", "GOSUMDB=off")
	return cmd
}

// fileURL gives a folder as the go command takes it in GOPROXY, where a comma
// would begin another one.
func fileURL(folder string) string {
	path := filepath.ToSlash(folder)
	address := url.URL{Scheme: "file", Path: path}
	switch {
	case strings.HasPrefix(path, "//"): // on a share: //server/share/folder
		rest := strings.SplitN(path[2:], "/", 2)
		address.Host, address.Path = rest[0], "/"+strings.Join(rest[1:], "")
	case !strings.HasPrefix(path, "/"): // E:/folder
		address.Path = "/" + path
	}
	return strings.ReplaceAll(address.String(), ",", "%2C")
}

// quote makes one word of a path in a terminal.
func quote(path string) string {
	if strings.ContainsAny(path, " &()'") {
		return `"` + path + `"`
	}
	return path
}
