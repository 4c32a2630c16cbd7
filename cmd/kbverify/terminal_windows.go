package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// enableColor makes the console understand ANSI sequences, and reports whether
// it does: before Windows 10 it prints them as text.
func enableColor(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
