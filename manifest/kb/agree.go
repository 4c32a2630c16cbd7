package kb

import (
	"slices"
)

// agree chooses among the readings of the rows that run together. What every
// row can agree on is what was printed; what only fits one row is chance:
//
//  1. Of one row, the cheapest readings count.
//  2. The day of the date has as many digits in all rows, if that is possible.
//  3. Versions with the same first three parts have a last part of the same
//     length: three-digit groups of the size behind it exclude most lengths.
//
// Where that leaves one reading of a row, it is taken. Else the reading that
// shares most with other rows is taken, and the doubt reported.
func agree(rows []rawRow, fs *findings) {
	a := &agreement{fs: fs}
	groupedSizes(rows)
	for i := range rows {
		if len(rows[i].readings) > 0 {
			a.rows = append(a.rows, &contest{row: &rows[i], left: cheapest(rows[i].readings)})
		}
	}
	if len(a.rows) == 0 {
		return
	}
	a.days()
	a.lastParts()
	a.count()
	for _, c := range a.rows {
		a.choose(c)
	}
	a.doubtLoners()
	a.doubtShorter()
	a.doubtDays()
	for _, c := range a.rows {
		a.report(c)
	}
}

// agreement is the rows of one table that run together.
type agreement struct {
	rows    []*contest
	support map[string]int // rows that can have a feature
	fs      *findings
}

// days keeps the readings whose day has as many digits as it can have in every
// row.
func (a *agreement) days() {
	width := func(r *reading) int { return digits(r.cells[dateKind]) }
	widths := shared(a.rows, width)
	if len(widths) == 0 {
		return
	}
	widest := widths[len(widths)-1] // articles pad days that run together
	for _, c := range a.rows {
		c.reduce(func(r *reading) bool { return width(r) == widest }, len(widths) == 1)
	}
}

// lastParts settles the length of the versions' last parts, for each first
// three parts of its own.
func (a *agreement) lastParts() {
	groups := map[string][]*contest{}
	for _, c := range a.rows {
		product, _ := c.left[0].product()
		if !slices.ContainsFunc(c.left, func(r reading) bool { p, _ := r.product(); return p != product }) {
			groups[product] = append(groups[product], c)
		}
	}
	for product, group := range groups {
		if product == "" {
			continue
		}
		length := func(r *reading) int { _, n := r.product(); return n }
		lengths := shared(group, length)
		if len(lengths) == 0 {
			continue
		}
		best := fewestVersions(group, lengths, length)
		const enough = 3 // fewer rows can agree by chance, unless they are of one version
		certain := len(lengths) == 1 && (len(group) >= enough || versions(group, lengths[0], length) == 1)
		for _, c := range group {
			c.reduce(func(r *reading) bool { return length(r) == best }, certain)
		}
	}
}

// count finds out what the readings that are left have in common.
func (a *agreement) count() {
	a.support = map[string]int{}
	for _, c := range a.rows {
		possible := map[string]bool{}
		for i := range c.left {
			for _, f := range c.left[i].features() {
				possible[f] = true
			}
		}
		for f := range possible {
			a.support[f]++
		}
	}
}

// choose takes the reading that shares most with the other rows.
func (a *agreement) choose(c *contest) {
	best, bestScore := 0, -1
	for i := range c.left {
		score := 0
		for _, f := range c.left[i].features() {
			score += a.support[f]
		}
		if score > bestScore || score == bestScore && len(c.left[i].cells[versionKind]) > len(c.left[best].cells[versionKind]) {
			best, bestScore = i, score
		}
	}
	c.taken = c.left[best]
	if len(c.left) > 1 {
		rest := slices.Delete(slices.Clone(c.left), best, best+1)
		c.rival = &rest[0]
	}
}

// doubtLoners reports a version that no other row has where the row could have
// one that others have.
func (a *agreement) doubtLoners() {
	taken := map[string]int{}
	for _, c := range a.rows {
		taken[c.taken.cells[versionKind]]++
	}
	for _, c := range a.rows {
		if taken[c.taken.cells[versionKind]] > 1 || c.rival != nil {
			continue
		}
		others := cheapest(c.row.readings)
		for i := range others {
			if v := others[i].cells[versionKind]; v != c.taken.cells[versionKind] && taken[v] > 1 {
				c.rival = &others[i]
				break
			}
		}
	}
}

func (a *agreement) report(c *contest) {
	c.row.cells, c.row.readings = c.taken.cells, nil
	if c.rival == nil && c.taken.odd {
		a.fs.add(c.row.line, Ambiguous, true, "the columns run together, and the platform is none that is known: read as %s", c.taken.cells.describe())
		return
	}
	if c.rival == nil && c.taken.cut {
		a.fs.add(c.row.line, Ambiguous, true, "the columns run together, and there are too many ways to part them: read as %s", c.taken.cells.describe())
		return
	}
	if c.rival == nil || c.rival.cells == c.taken.cells {
		return
	}
	c.row.otherDate = c.rival.cells[dateKind] != c.taken.cells[dateKind]
	a.fs.add(c.row.line, Ambiguous, true, "the columns run together and the table does not settle where they part: read as %s; it can be %s",
		c.taken.cells.difference(&c.rival.cells), c.rival.cells.difference(&c.taken.cells))
}
