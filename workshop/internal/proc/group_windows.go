package proc

import (
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// OwnGroup puts cmd into a process group of its own: only such a group can be
// sent a Ctrl-Break that does not hit this process too.
func OwnGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.CreationFlags |= windows.CREATE_NEW_PROCESS_GROUP
}

// Interrupt is Ctrl-Break for the process and its children, which a Go
// program sees as os.Interrupt.
func Interrupt(p *os.Process) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid))
}

// Kill ends the process and its children, where they have not ended.
func Kill(p *os.Process) {
	if p != nil {
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
	}
}

// Adopt ties to p the children that it starts from here on, in a job object:
// they end when end is called, and when this process is gone. Where the system
// has no job for it, end ends nobody.
func Adopt(p *os.Process) (end func()) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return func() {}
	}
	if err := assign(job, p); err != nil {
		_ = windows.CloseHandle(job)
		return func() {}
	}
	return sync.OnceFunc(func() { _ = windows.CloseHandle(job) })
}

// assign puts a process into a job that ends with its last handle.
func assign(job windows.Handle, p *os.Process) error {
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		return err
	}
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(handle)
	return windows.AssignProcessToJobObject(job, handle)
}

// EndOwn has nothing to do here: the job of a process ends its children.
func EndOwn() {}
