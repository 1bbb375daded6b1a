package jaeger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// StartError is what Jaeger says when it does not start.
type StartError struct {
	// Message is Jaeger's own, without the frame that it puts around it.
	Message string
	// Line is the line of the configuration file that the message is about,
	// counted from 1, and Text is that line. Line is 0 when it is not known.
	Line int
	Text string
	// Output is all that Jaeger printed.
	Output string
	// Shared tells that two parts of the file want the address that is taken.
	Shared bool

	file string
	err  error
}

func newStartError(o Options, output string, err error) *StartError {
	e := &StartError{Message: cmp.Or(lastWords(output), err.Error()), Output: output, file: o.Config, err: err}
	file := o.Config
	if !filepath.IsAbs(file) {
		file = filepath.Join(o.Dir, file)
	}
	if content, err := os.ReadFile(file); err == nil {
		e.Line, e.Text = locate(e.Message, strings.Split(string(content), "\n"))
	}
	return e
}

// Error is one sentence, with the line of the file where it is known.
func (e *StartError) Error() string {
	file := filepath.Base(e.file)
	if e.Line == 0 {
		return fmt.Sprintf("Jaeger does not start with %s: %s", file, e.Message)
	}
	message := yamlLine.ReplaceAllString(e.Message, "")
	return fmt.Sprintf("Jaeger does not start with %s: %s (line %d: %s)", file, message, e.Line, strings.TrimSpace(e.Text))
}

func (e *StartError) Unwrap() error { return e.err }

var taken = regexp.MustCompile(`listen (?:tcp|udp)[46]? (\S+): bind: `)

// TakenAddress gives the address on which Jaeger could not listen, or "" when
// that is not why it did not start.
func (e *StartError) TakenAddress() string {
	if match := taken.FindStringSubmatch(e.Message); match != nil {
		return match[1]
	}
	return ""
}

// Locked tells whether another Jaeger has the folder of the Badger storage.
func (e *StartError) Locked() bool {
	return strings.Contains(e.Message, "Another process is using this Badger database")
}

// SpaceMissing tells whether the line lacks a space after its colon, which makes
// one word of a key and its value.
func (e *StartError) SpaceMissing() bool { return e.Line > 0 && noSpace.MatchString(e.Text) }

// frame is what Jaeger puts around the sentence that matters. After "Error: "
// that is a chain of what was being done; the last link says what is wrong.
var frame = strings.NewReplacer(
	"failed to get config: ", "",
	"invalid configuration: ", "",
	"cannot resolve the configuration: ", "",
	"cannot retrieve the configuration: ", "",
	"cannot unmarshal the configuration: ", "",
	"retrieved value (type=string) cannot be used as a Conf: ", "",
	"assuming string type since contents are not valid YAML: ", "",
	"failed to start extensions: ", "",
	"cannot start pipelines: ", "",
	"could not start jaeger-query: ", "",
	"cannot find storage factory: ", "",
	" decoding failed due to the following error(s):", "",
	"decoding failed due to the following error(s):", "",
	" error reading configuration for ", ": ",
)

// panicked is what the runtime of Go writes before the stacks of a program that
// it ends.
var panicked = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*$`)

// lastWords gives what Jaeger said about its end, on one line, or "".
func lastWords(output string) string { return cmp.Or(essence(output), panicked.FindString(output)) }

var timestamp = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)

// essence gives the message that Jaeger ended with, on one line. Jaeger prints
// it twice: after "Error: ", and after the time. The message may be a list, or
// a path into the configuration with a link on each line.
func essence(output string) string {
	var message strings.Builder
	inside, joint := false, ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "Error: "); ok {
			message.Reset()
			inside, joint, line = true, "", rest
		} else if timestamp.MatchString(line) {
			inside = false
		}
		short := strings.TrimSuffix(strings.TrimSpace(frame.Replace(line)), ":")
		if !inside || short == "" {
			continue
		}
		message.WriteString(joint + short)
		joint = "; "
		if strings.HasSuffix(line, ":") {
			joint = ": "
		}
	}
	return message.String()
}

var failedStart = regexp.MustCompile(`Failed to start component\t(\{.*\})`)

// failedPart gives which part did not start, and why, as the log of a Jaeger has
// that, or "".
func failedPart(log string) string {
	match := failedStart.FindStringSubmatch(log)
	if match == nil {
		return ""
	}
	var part struct{ Error, Type, ID string }
	if json.Unmarshal([]byte(match[1]), &part) != nil {
		return ""
	}
	return fmt.Sprintf("failed to start %q %s: %s", part.ID, strings.ToLower(part.Type), part.Error)
}

var (
	yamlLine    = regexp.MustCompile(`yaml: line (\d+): `)
	invalidKeys = regexp.MustCompile(`has invalid keys: (\w+)`)
	quotedName  = regexp.MustCompile(`(?:storage|exporter|receiver|processor|extension|for id:) ['"]([\w/-]+)['"]`)
	wordForMap  = regexp.MustCompile(`expected a map or struct, got "?string`)
	wrongValue  = regexp.MustCompile(`'(?:[^']*\.)?\[?([A-Za-z_]\w*)\]?(?:\[\d+\])*' (?:expected|source data|time: )`)
	noSpace     = regexp.MustCompile(`^\s*(?:- )?[A-Za-z_][\w/]*:[^\s/]`)
	plainName   = regexp.MustCompile(`(?:trace storage|find extension) ([\w/-]+)`)
)

// locate finds the line that the message is about: one that it names itself,
// or the only one that holds the name it complains about.
func locate(message string, lines []string) (number int, text string) {
	if match := yamlLine.FindStringSubmatch(message); match != nil {
		n, _ := strconv.Atoi(match[1])
		if strings.Contains(message, "did not find expected") {
			n++ // the parser, unlike the scanner, counts from 0
		}
		if n >= 1 && n <= len(lines) {
			return n, lines[n-1]
		}
		return 0, ""
	}
	if match := invalidKeys.FindStringSubmatch(message); match != nil {
		return only(lines, regexp.MustCompile(`^\s*`+regexp.QuoteMeta(match[1])+`\s*:`))
	}
	if wordForMap.MatchString(message) {
		if number, text := only(lines, noSpace); number > 0 {
			return number, text
		}
	}
	if match := wrongValue.FindStringSubmatch(message); match != nil {
		return only(lines, regexp.MustCompile(`^\s*(?:- )?`+regexp.QuoteMeta(match[1])+`\s*:`))
	}
	for _, names := range []*regexp.Regexp{quotedName, plainName} {
		if match := names.FindStringSubmatch(message); match != nil {
			return only(lines, regexp.MustCompile(`^[^#]*[\s,\[]["']?`+regexp.QuoteMeta(match[1])+`["']?\s*([\],#]|$)`))
		}
	}
	return 0, ""
}

// only gives the one line that matches, counted from 1.
func only(lines []string, pattern *regexp.Regexp) (number int, text string) {
	for i, line := range lines {
		if !pattern.MatchString(line) {
			continue
		}
		if number > 0 {
			return 0, ""
		}
		number, text = i+1, line
	}
	return number, text
}
