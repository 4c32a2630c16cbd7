//go:build !race

package pecheck

const raceDetector = false
