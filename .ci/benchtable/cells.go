package main

import (
	"fmt"
	"strconv"
	"strings"
)

// time is what one operation takes; a benchmark that says what one file of its
// operation takes (ns/file) means that.
func (m *measured) time() string {
	for _, unit := range []string{"ns/file", "ns/op"} {
		if m.values[unit] != nil {
			return duration(m.median(unit)) + strings.TrimPrefix(unit, "ns")
		}
	}
	return ""
}

func (m *measured) memory() string {
	if m.values["B/op"] == nil {
		return ""
	}
	return size(m.median("B/op")) + "/op"
}

// others are the figures that have no column, as they are.
func (m *measured) others() string {
	var cells []string
	for _, unit := range m.units {
		switch {
		case unit == "ns/op" || unit == "ns/file" || unit == "B/op" || unit == "allocs/op":
		case strings.Contains(unit, "ns/"):
			before, after, _ := strings.Cut(unit, "ns/")
			cells = append(cells, strings.Trim(before, "-")+" "+duration(m.median(unit))+"/"+after)
		default:
			cells = append(cells, digits(m.median(unit))+" "+unit)
		}
	}
	return strings.Join(cells, ", ")
}

func duration(ns float64) string {
	switch {
	case ns >= 1e9:
		return digits(ns/1e9) + " s"
	case ns >= 1e6:
		return digits(ns/1e6) + " ms"
	case ns >= 1e3:
		return digits(ns/1e3) + " µs"
	}
	return digits(ns) + " ns"
}

func size(bytes float64) string {
	switch {
	case bytes >= 1<<20:
		return digits(bytes/(1<<20)) + " MiB"
	case bytes >= 1<<10:
		return digits(bytes/(1<<10)) + " KiB"
	}
	return digits(bytes) + " B"
}

// digits writes three significant digits, and whole numbers in full.
func digits(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0f", f)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}
