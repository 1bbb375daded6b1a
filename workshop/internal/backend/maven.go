package backend

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/tracing-workshop/workshop/internal/proc"
)

// copyJars is the goal of Maven that brings the jars of a profile.
const copyJars = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

// fetchJars brings the jars of a profile into the folder lib of home, by Maven's
// own client, and so by way of the mirrors and into the repository that the
// settings of whoever uses this machine name.
func fetchJars(ctx context.Context, home, profile string, sums sums, report func(Progress)) error {
	lib := filepath.Join(home, "lib")
	_ = sums.check(lib) // removes what a copy that was broken off has left
	if len(sums.absent(lib)) == 0 {
		return nil
	}
	pom := filepath.Join(home, "pom.xml")
	if err := os.WriteFile(pom, []byte(readServers("pom.xml")), 0o644); err != nil {
		return err
	}
	report(Progress{Stage: "downloading", Total: len(sums)})
	cmd := proc.Command(ctx, "mvn", "-B", "-C", "-f", pom, "-P", profile, copyJars,
		"-DoutputDirectory="+lib, "-DincludeScope=runtime")
	cmd.Dir = home
	done := 0
	log := &lines{told: func(line string) {
		if sums.downloaded(line) {
			done++
			report(Progress{Stage: "downloading", Done: done, Total: len(sums)})
		}
	}}
	cmd.Stdout, cmd.Stderr = log, log
	if err := proc.Run(cmd); err != nil {
		return mavenError(log.last, err)
	}
	report(Progress{Stage: "checking", Total: len(sums)})
	if err := sums.check(lib); err != nil {
		return err
	}
	if absent := sums.absent(lib); len(absent) > 0 {
		return fmt.Errorf("maven has not brought %s", strings.Join(absent, ", "))
	}
	return nil
}

var downloaded = regexp.MustCompile(`Downloaded from \S+: \S+/([^/\s]+\.jar) `)

// downloaded tells whether a line of Maven says that one of the jars is here.
func (s sums) downloaded(line string) bool {
	match := downloaded.FindStringSubmatch(line)
	return match != nil && s[match[1]] != ""
}

// mavenError gives what Maven complains about first, without the frame that it
// puts around that.
func mavenError(lines []string, err error) error {
	for _, line := range lines {
		words, ok := strings.CutPrefix(line, "[ERROR] ")
		if !ok {
			continue
		}
		words, _, _ = strings.Cut(words, " -> [Help")
		if _, cause, ok := strings.Cut(words, "on project servers: "); ok {
			words = cause
		}
		return fmt.Errorf("maven says: %s", strings.TrimSpace(words))
	}
	return fmt.Errorf("mvn failed: %w", err)
}
