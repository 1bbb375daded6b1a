package proc

import (
	"errors"
	"os"
)

// Resident is not told for a process with its children here.
func Resident(*os.Process) (int64, error) { return 0, errors.ErrUnsupported }
