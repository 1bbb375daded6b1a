package proc

import "os"

// Signal is what tells a process that [OwnGroup] has prepared to stop.
type Signal struct {
	Name string // as the system calls it
	Send func(*os.Process) error
}

// CtrlC is what somebody at a terminal types.
var CtrlC = Signal{os.Interrupt.String(), Interrupt}
