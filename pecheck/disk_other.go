//go:build !linux

package pecheck

var newDisk = func() disk { return rootDisk{} }
