package main

import (
	"os"
	"path/filepath"
	"strings"
)

// onBattery tells whether the machine is one with a battery and lives on it.
func onBattery() bool { return onBatteryOf("/sys/class/power_supply") }

func onBatteryOf(supplies string) bool {
	states, _ := filepath.Glob(filepath.Join(supplies, "BAT*", "status"))
	for _, state := range states {
		if text, err := os.ReadFile(state); err == nil && strings.TrimSpace(string(text)) == "Discharging" {
			return true
		}
	}
	return false
}
