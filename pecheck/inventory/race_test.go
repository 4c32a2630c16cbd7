//go:build race

package inventory

// raceDetector2: memory is not measured with it on, it takes several times as much.
const raceDetector2 = true
