package cells

import (
	"slices"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/values"
)

// agreement is the rows of one table that run together. What every row can
// agree on is what was printed; what only fits one row is chance:
//
//  1. Of one row, the cheapest readings count.
//  2. The day of the date has as many digits in all rows, if that is possible.
//  3. Versions with the same first three parts have a last part of the same
//     length: three-digit groups of the size behind it exclude most lengths.
//
// Where that leaves one reading of a row, it is taken. Else the reading that
// shares most with other rows is taken, and the doubt reported.
type agreement []*contest

// contest is one row and its readings.
type contest struct {
	row      int // its index
	readings []reading
	left     []reading // those that are still possible
	taken    reading
	rival    *reading // as good as the one taken, or hardly worse
}

// settle gives the rows their cells, and reports the doubts.
func (a agreement) settle(rows []values.Row, fs *findings.List) {
	if len(a) == 0 {
		return
	}
	a.groupedSizes()
	for _, c := range a {
		c.left = cheapest(c.readings)
	}
	a.days()
	a.lastParts()
	a.choose()
	a.doubtShorter()
	a.doubtDays()
	for _, c := range a {
		c.report(&rows[c.row], fs)
	}
}

// groupedSizes makes sizes of four digits and more without a comma unlikely in
// a table that prints commas; elsewhere they are as good as any.
func (a agreement) groupedSizes() {
	comma := func(r reading) bool { return strings.Contains(r.cells[values.Size], ",") }
	if !slices.ContainsFunc(a, func(c *contest) bool { return slices.ContainsFunc(c.readings, comma) }) {
		return
	}
	for _, c := range a {
		for i := range c.readings {
			if r := &c.readings[i]; !comma(*r) && values.Digits(r.cells[values.Size]) > 3 {
				r.cost += values.Doubtful
			}
		}
	}
}

func cheapest(all []reading) []reading {
	least := slices.MinFunc(all, func(a, b reading) int { return a.cost - b.cost }).cost
	return keep(all, func(r *reading) bool { return r.cost == least })
}

func keep(all []reading, want func(*reading) bool) []reading {
	var out []reading
	for i := range all {
		if want(&all[i]) {
			out = append(out, all[i])
		}
	}
	return out
}

// reduce keeps the readings that are wanted; unless that is certain, one of the
// others remains the rival.
func (c *contest) reduce(want func(*reading) bool, certain bool) {
	others := keep(c.left, func(r *reading) bool { return !want(r) })
	if !certain && len(others) > 0 {
		c.rival = &others[0]
	}
	c.left = keep(c.left, want)
}

// shared is the lengths that every row can have, in order.
func (a agreement) shared(length func(*reading) int) []int {
	counts := map[int]int{}
	for _, c := range a {
		seen := map[int]bool{}
		for i := range c.left {
			if n := length(&c.left[i]); !seen[n] {
				seen[n] = true
				counts[n]++
			}
		}
	}
	var out []int
	for n, rows := range counts {
		if rows == len(a) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// days settles how many digits the days of the dates have.
func (a agreement) days() {
	a.agreeOn(values.Date, func(r *reading) int { return values.Digits(r.cells[values.Date]) }, 0)
}

// lastParts settles the length of the versions' last parts, for each first
// three parts of its own.
func (a agreement) lastParts() {
	const enough = 3 // fewer rows can agree by chance, unless they are of one version
	for product, group := range a.byProduct() {
		if product != "" {
			group.agreeOn(values.Version, func(r *reading) int { _, n := r.product(); return n }, enough)
		}
	}
}

// agreeOn keeps the readings with one length of a cell that every row can have,
// if there is any: that with the fewest different cells, the longest of several;
// of days the longest, for articles pad days that run together. It is certain
// where so many rows, or rows with the same cell, can have no other.
func (a agreement) agreeOn(k values.Kind, length func(*reading) int, enough int) {
	lengths := a.shared(length)
	best, fewest := 0, 0
	for _, n := range lengths {
		seen := map[string]bool{}
		for _, c := range a {
			for i := range c.left {
				if length(&c.left[i]) == n {
					seen[c.left[i].cells[k]] = true
				}
			}
		}
		if best == 0 || len(seen) <= fewest || k == values.Date {
			best, fewest = n, len(seen)
		}
	}
	certain := len(lengths) == 1 && (len(a) >= enough || fewest == 1)
	for _, c := range a {
		if len(lengths) > 0 {
			c.reduce(func(r *reading) bool { return length(r) == best }, certain)
		}
	}
}

// product gives the first three parts of the version, and the digits of the
// last one.
func (r *reading) product() (string, int) {
	v := r.cells[values.Version]
	if strings.Count(v, ".") != 3 {
		return "", 0
	}
	cut := strings.LastIndexByte(v, '.')
	return v[:cut], len(v) - cut - 1
}

// byProduct groups the rows of which all readings have the same first three
// parts of the version.
func (a agreement) byProduct() map[string]agreement {
	groups := map[string]agreement{}
	for _, c := range a {
		product, _ := c.left[0].product()
		if !slices.ContainsFunc(c.left, func(r reading) bool { p, _ := r.product(); return p != product }) {
			groups[product] = append(groups[product], c)
		}
	}
	return groups
}

// features is what a reading can have in common with other rows: version,
// extension, date, year, platform, and a size in groups; "" where it has none.
func (r *reading) features() [6]string {
	name, date, year, grouped := r.cells[values.Name], r.cells[values.Date], "", ""
	if cut := strings.LastIndexAny(date, "-/. "); cut > 0 {
		year = date[cut:]
	}
	if strings.Contains(r.cells[values.Size], ",") {
		grouped = "grouped"
	}
	extension := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return [...]string{r.cells[values.Version], extension, date, year, values.Fold(r.cells[values.Platform]), grouped}
}

// choose takes, of each row, the reading that shares most with what the other
// rows can have.
func (a agreement) choose() {
	type feature struct {
		which int
		text  string
	}
	support := map[feature]int{} // rows that can have a feature
	for _, c := range a {
		possible := map[feature]bool{}
		for i := range c.left {
			for k, text := range c.left[i].features() {
				if f := (feature{k, text}); text != "" && !possible[f] {
					possible[f] = true
					support[f]++
				}
			}
		}
	}
	for _, c := range a {
		best, most := 0, -1
		for i := range c.left {
			score := 0
			for k, text := range c.left[i].features() {
				score += support[feature{k, text}]
			}
			longer := len(c.left[i].cells[values.Version]) > len(c.left[best].cells[values.Version])
			if score > most || score == most && longer {
				best, most = i, score
			}
		}
		c.taken = c.left[best]
		if rest := slices.Delete(slices.Clone(c.left), best, best+1); len(rest) > 0 {
			c.rival = &rest[0]
		}
	}
}

// doubtDays reports a day of one digit that could have two, or the other way
// round, unless the table shows that it pads its days or puts the year first.
func (a agreement) doubtDays() {
	padded := func(r reading) bool {
		date := r.cells[values.Date]
		return strings.HasPrefix(date, "0") || values.Digits(date) == 4
	}
	if slices.ContainsFunc(a, func(c *contest) bool {
		return !slices.ContainsFunc(c.readings, func(r reading) bool { return !padded(r) })
	}) {
		return
	}
	for _, c := range a {
		width := values.Digits(c.taken.cells[values.Date])
		others := keep(cheapest(c.readings), func(r *reading) bool { return values.Digits(r.cells[values.Date]) != width })
		if c.rival == nil && len(others) > 0 {
			c.rival = &others[0]
		}
	}
}

// report gives the row the cells of the reading taken, and reports the doubt.
func (c *contest) report(row *values.Row, fs *findings.List) {
	row.Cells = c.taken.cells
	doubt := func(format string, args ...any) {
		fs.Ambiguous(row.Line, "the columns run together"+format, args...)
	}
	switch {
	case c.rival == nil && c.taken.odd:
		doubt(", and the platform is none that is known: read as %s", c.taken.cells.String())
	case c.rival == nil && c.taken.cut:
		doubt(", and there are too many ways to part them: read as %s", c.taken.cells.String())
	case c.rival != nil && c.rival.cells != c.taken.cells:
		row.OtherDate = c.rival.cells[values.Date] != c.taken.cells[values.Date]
		doubt(" and the table does not settle where they part: read as %s; it can be %s",
			c.taken.cells.Except(&c.rival.cells), c.rival.cells.Except(&c.taken.cells))
	}
}
