package pack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/tracing-workshop/workshop/internal/gotool"
	"example.com/tracing-workshop/workshop/internal/proc"
	"example.com/tracing-workshop/workshop/internal/repository"
	"example.com/tracing-workshop/workshop/internal/stick"
	"example.com/tracing-workshop/workshop/internal/text"
)

// copyRepository makes a copy of the workshop to pack. Of a git clone it is
// what is committed: the steps as they were shipped, and no edits.
func (p *Packer) copyRepository(ctx context.Context) error {
	p.copy = &repository.Repository{Root: filepath.Join(p.work, stick.Folder)}
	if !p.Has(".git") {
		p.Printf("%s is no git clone: its files go onto the stick as they are, with all edits.\n", p.Root)
		return copyTree(p.Root, p.copy.Root)
	}
	err := p.clone(ctx)
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("there is no git command on PATH, which it takes to copy this clone: install git, and open a new terminal")
	}
	if err != nil {
		return fmt.Errorf("git cannot copy the clone: %w", err)
	}
	return nil
}

// clone makes a clone that says nothing about this machine: where it was, who
// works on it, and what other branches there are.
func (p *Packer) clone(ctx context.Context) error {
	edits, err := git(ctx, p.Root, "status", "--porcelain")
	if err != nil {
		return err
	}
	if edits != "" {
		p.Printf("What is not committed does not travel: %s.\n", text.Plural(strings.Count(edits, "\n")+1, "file"))
	}
	if _, err := git(ctx, p.work, "-c", "clone.defaultRemoteName=origin", "clone", "--quiet", "--no-local", "--single-branch", "--template=", "--", p.Root, p.copy.Root); err != nil {
		return err
	}
	origin, _ := git(ctx, p.Root, "remote", "get-url", "origin") // there may be none
	if origin = public(origin); origin == "" {
		_, err = git(ctx, p.copy.Root, "remote", "remove", "origin")
	} else {
		_, err = git(ctx, p.copy.Root, "remote", "set-url", "origin", origin)
	}
	if err != nil {
		return err
	}
	// Not every system keeps the bit that makes a file a program: git would
	// show such files as changed.
	if _, err := git(ctx, p.copy.Root, "config", "core.fileMode", "false"); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(p.copy.Root, ".git", "logs"))
}

// git runs git in a folder and gives what it prints.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	cmd := proc.Command(ctx, "git", args...)
	cmd.Dir = folder
	out, err := proc.Output(cmd)
	return strings.TrimRight(string(out), "\r\n"), gotool.Said(err)
}

var scpLike = regexp.MustCompile(`^([\w.-]+@)?[\w-]+\.[\w.-]+:[^\\]`)

// public gives the address of a repository without a password in it, and
// nothing for one that is on this machine.
func public(address string) string {
	if scpLike.MatchString(address) && !strings.Contains(address, "://") {
		return address
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return ""
	}
	switch parsed.Scheme {
	case "http", "https":
		parsed.User = nil
	case "ssh":
		parsed.User = url.User(parsed.User.Username())
	case "git":
	default:
		return ""
	}
	return parsed.String()
}

// copyTree copies the files of a folder but those of editors, of git, and of
// the learner's Jaeger.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", ".idea", ".vscode", "jaeger-data"}, entry.Name()) {
			return fs.SkipDir
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, info.Mode().Perm())
	})
}

// describe says which workshop the copy is, as the comment in the archive: the
// commit and where it comes from, or the content.
func (p *Packer) describe(ctx context.Context) (string, error) {
	if p.copy.Has(".git") {
		commit, err := git(ctx, p.copy.Root, "rev-parse", "HEAD")
		if err != nil {
			return "", fmt.Errorf("git cannot tell the commit: %w", err)
		}
		origin, _ := git(ctx, p.copy.Root, "remote", "get-url", "origin")
		branch, _ := git(ctx, p.copy.Root, "branch", "--show-current")
		return strings.TrimSpace(fmt.Sprintf("commit %s %s %s", commit, branch, origin)), nil
	}
	hash := sha256.New()
	err := fs.WalkDir(os.DirFS(p.copy.Root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(p.copy.Root, name))
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
		return err
	})
	return fmt.Sprintf("files %x", hash.Sum(nil)), err
}
