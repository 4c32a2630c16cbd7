//go:build !linux

package inventory

var newDisk = func() disk { return rootDisk{} }
