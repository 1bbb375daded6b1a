// Package verdict is the record that the check of a step leaves in the user's
// cache folder, for whoever shows it: what was checked, what is wrong, and the
// traces that arrived. It is of the last check of each step, whoever started it.
//
// Who shows records makes the [Folder]. Where it is not there nobody asks for
// any, and none is kept.
package verdict

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"example.com/tracing-workshop/workshop/internal/progress"
	"example.com/tracing-workshop/workshop/internal/timeline"
)

// Record is what the check of a step found.
type Record struct {
	Step     string           `json:"step"` // the name of its folder
	Begun    time.Time        `json:"begun"`
	Ended    time.Time        `json:"ended"`
	Passed   bool             `json:"passed"`
	Checks   []Check          `json:"checks"`
	Failure  *Failure         `json:"failure,omitempty"` // of the check that fails
	Commands []string         `json:"commands"`          // that were run for what is shown
	Requests []string         `json:"requests,omitempty"`
	Stderr   []string         `json:"stderr,omitempty"` // the last lines that the programs wrote, where they may tell why
	Traces   []timeline.Trace `json:"traces"`           // that arrived, the one in question first
	More     int              `json:"more,omitempty"`   // traces that are left out
	// Problems are why there is no verdict, or why one that passes does not count.
	Problems *Problems `json:"problems,omitempty"`
}

// Problems says what is in the way of a verdict.
type Problems struct {
	Says  string    `json:"says"`
	Lines []Problem `json:"lines"`
}

// Problem is one thing that is wrong in a file.
type Problem struct {
	Place   string `json:"place"` // as file:line; "" if none is known
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Check is one of the step's checks.
type Check struct {
	Name    string `json:"name"`
	Section int    `json:"section"` // of the lesson
	Must    string `json:"must"`
	Outcome string `json:"outcome"` // pass, fail, pending
}

// Failure says what is wrong and what to do.
type Failure struct {
	Check   string `json:"check"`
	Must    string `json:"must"`
	Says    string `json:"says"`
	Cause   string `json:"cause,omitempty"` // its name, which is an anchor in docs/mistakes.md; "" if none is known
	Why     string `json:"why"`             // the likely cause, or why it is uncertain
	Next    string `json:"next"`
	Section int    `json:"section"`       // of the lesson, to read
	Gap     string `json:"gap,omitempty"` // the place to edit, as file:line in the step: what the verdict names, else the gap
	Span    string `json:"span,omitempty"`
}

// Folder is where the records of a clone of the workshop are, whose root folder
// is given. It need not be there yet.
func Folder(root string) (string, error) {
	folder, err := progress.Kept("verdicts")
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	sum := sha256.Sum256([]byte(root))
	return filepath.Join(folder, hex.EncodeToString(sum[:8])), nil
}

// Variable names another folder in which checks leave their records, and none if
// it is "off": the proofs of the workshop run the steps' checks on programs that
// are not the learner's.
const Variable = "TRACECHECK_RECORD"

// Asked gives the folder in which a check of a clone has to leave its record, and
// whether anybody asks for one.
func Asked(root string) (folder string, asked bool) {
	switch folder = os.Getenv(Variable); folder {
	case "off":
		return "", false
	case "":
		var err error
		if folder, err = Folder(root); err != nil {
			return "", false
		}
	}
	_, err := os.Stat(folder)
	return folder, err == nil
}

// Write keeps the record in a folder, in place of the one before of that step.
// Who reads has the one or the other, and never a part.
func (r Record) Write(folder string) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, r.Step+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if failed := temporary.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), filepath.Join(folder, r.Step+".json"))
}

// Read gives the record of a step. The error is [fs.ErrNotExist] if it was never
// checked.
func Read(folder, step string) (Record, error) {
	var r Record
	content, err := os.ReadFile(filepath.Join(folder, step+".json"))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("the record of %s cannot be read: %w", step, err)
	}
	return r, nil
}
