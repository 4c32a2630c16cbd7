package kb

import (
	"slices"
	"strings"
)

// doubtDays reports a day of one digit that could have two, or the other way
// round, unless the table shows that it pads its days or puts the year first.
func (a *agreement) doubtDays() {
	for _, c := range a.rows {
		if c.sure(func(date string) bool { return strings.HasPrefix(date, "0") || digits(date) == 4 }) {
			return
		}
	}
	for _, c := range a.rows {
		for _, r := range cheapest(c.row.readings) {
			if c.rival == nil && digits(r.cells[dateKind]) != digits(c.taken.cells[dateKind]) {
				c.rival = &r
			}
		}
	}
}

// sure reports that every reading of a row has such a date.
func (c *contest) sure(such func(string) bool) bool {
	return !slices.ContainsFunc(c.row.readings, func(r reading) bool { return !such(r.cells[dateKind]) })
}

// groupedSizes makes sizes of four digits and more without a comma unlikely in
// a table that prints commas; elsewhere they are as good as any.
func groupedSizes(rows []rawRow) {
	comma := func(r reading) bool { return strings.Contains(r.cells[sizeKind], ",") }
	if !slices.ContainsFunc(rows, func(r rawRow) bool { return slices.ContainsFunc(r.readings, comma) }) {
		return
	}
	for i := range rows {
		for j := range rows[i].readings {
			if r := &rows[i].readings[j]; !comma(*r) && digits(r.cells[sizeKind]) > 3 {
				r.cost += oddCost
			}
		}
	}
}
