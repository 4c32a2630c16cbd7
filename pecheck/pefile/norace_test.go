//go:build !race

package pefile

const raceDetector = false
