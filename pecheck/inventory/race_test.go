//go:build race

package inventory

// raceDetector: memory is not measured with it on, it takes several times as much.
const raceDetector = true
