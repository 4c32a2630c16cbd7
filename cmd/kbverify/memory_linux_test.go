package main

import (
	"os"
	"syscall"
)

// maxMemory gives the resident memory that a process took at most, in bytes.
func maxMemory(p *os.ProcessState) int64 { return p.SysUsage().(*syscall.Rusage).Maxrss << 10 }
