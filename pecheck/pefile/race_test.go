//go:build race

package pefile

// raceDetector: memory is not measured with it on, it takes several times as much.
const raceDetector = true
