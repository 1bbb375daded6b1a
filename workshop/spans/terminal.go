package spans

import (
	"os"

	"golang.org/x/term"
)

// TerminalOptions gives Options for drawing to f: with the width of the
// terminal, from 40 to 120, and in colour. It is 80 columns without colour when
// f is not a terminal. There is no colour either when the environment variable
// NO_COLOR is set and not empty (https://no-color.org), or TERM is "dumb".
func TerminalOptions(f *os.File) Options {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return Options{Width: defaultWidth}
	}
	width, _, err := term.GetSize(fd)
	if err != nil {
		width = 0
	}
	return Options{
		Width: terminalWidth(width),
		Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

const maxTerminalWidth = 120

// terminalWidth limits the width of a terminal to what is pleasant to read. Some
// terminals do not know their width and say 0.
func terminalWidth(columns int) int {
	if columns <= 0 {
		return defaultWidth
	}
	return min(max(columns, minWidth), maxTerminalWidth)
}
