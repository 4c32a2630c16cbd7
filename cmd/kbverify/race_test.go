//go:build race

package main

// raceDetector: it makes everything several times as slow, so that a part of what is
// alike is enough.
const raceDetector = true
