//go:build !windows

package main

// realFolder is dir, whose links resolve has followed.
func realFolder(dir string) string { return dir }
