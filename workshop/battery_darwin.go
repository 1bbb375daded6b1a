package main

import (
	"os/exec"
	"strings"
)

// onBattery tells whether the machine is one with a battery and lives on it.
func onBattery() bool {
	out, _ := exec.Command("pmset", "-g", "batt").Output()
	return strings.Contains(string(out), "'Battery Power'")
}
