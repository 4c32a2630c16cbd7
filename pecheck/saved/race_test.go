//go:build race

package saved

// raceDetector: it makes what goes through bytes one by one hundreds of times as slow.
const raceDetector = true
