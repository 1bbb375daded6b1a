package main

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var getSystemPowerStatus = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetSystemPowerStatus")

// onBattery tells whether the machine is one with a battery and lives on it.
func onBattery() bool {
	var status struct { // SYSTEM_POWER_STATUS
		acLine, battery, percent, saver byte
		lifeTime, fullLifeTime          uint32
	}
	ok, _, _ := getSystemPowerStatus.Call(uintptr(unsafe.Pointer(&status)))
	return ok != 0 && status.acLine == 0
}
