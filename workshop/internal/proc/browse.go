package proc

import "os/exec"

// Browse opens an address in the browser of whoever uses this machine. It does
// not wait for the browser, which lives on. An error means that there is no
// program that opens one.
func Browse(address string) error {
	cmd := exec.Command(opener, append(openerArguments, address)...)
	Detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}
