// Package usage tells a command line that cannot be understood from work that
// cannot be done.
package usage

import "fmt"

// Error is a command line that cannot be understood. Its text is one sentence,
// which says what to type in its place.
type Error struct{ message string }

func (e *Error) Error() string { return e.message }

// Errorf makes such an error.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...)}
}
