//go:build !windows

package proc

import "os"

// UnderstandEscapes has nothing to do where terminals always did.
func UnderstandEscapes(*os.File) {}
