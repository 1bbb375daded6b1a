package proc

import (
	"os"

	"golang.org/x/sys/windows"
)

// UnderstandEscapes makes an older console of Windows show colours in place of
// the control sequences that ask for them.
func UnderstandEscapes(terminal *os.File) {
	handle := windows.Handle(terminal.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) == nil {
		_ = windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
}
