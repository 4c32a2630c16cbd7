//go:build !windows

package main

import "os"

// enableColor reports that the terminal understands ANSI sequences.
func enableColor(*os.File) bool { return true }
