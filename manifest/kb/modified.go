package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// modified reads date and time together. What cannot be trusted is left out
// and kept as printed.
func (v *valuer) modified(f *manifest.File, row *rawRow) {
	day, hour := oneLine(row.cells[dateKind]), oneLine(row.cells[timeKind])
	printed := strings.TrimSpace(day + " " + hour)
	if printed == "" || isNotApplicable(day) || v.empty[fold(day)] {
		return
	}
	text, why := v.day(day)
	if text == "" {
		f.AsPrinted.Modified = cut(printed)
		if why != noYear {
			v.fs.add(row.line, Odd, true, "the date %q cannot be trusted: %s; kept as printed", day, why)
		} else if !v.yearless {
			v.yearless = true
			v.fs.add(row.line, Odd, false, "the dates of the table have no year, %q the first; kept as printed", day)
		}
		return
	}
	f.Modified = text
	if hour == "" || isNotApplicable(hour) || v.empty[fold(hour)] {
		return
	}
	t, ok := parseTime(hour)
	if !ok || t.odd != "" {
		f.AsPrinted.Modified = cut(printed)
		v.fs.add(row.line, Odd, t.odd != "no time is printed", "the time %q cannot be trusted; only the date is taken", hour)
		return
	}
	f.Modified += "T" + t.String()
	if !t.meridiem && t.h <= 12 && (v.twelve || v.vague) {
		f.AsPrinted.Modified = cut(printed)
		v.fs.add(row.line, Ambiguous, true, "the time %q says neither a.m. nor p.m.; read as %s", hour, t)
	}
}

const noYear = "it has no year"

// day gives a printed date as 2006-01-02, or says why it cannot.
func (v *valuer) day(printed string) (text, why string) {
	d, ok := parseDate(printed)
	switch {
	case !ok:
		return "", "it is no date"
	case d.odd != "":
		return "", d.odd
	case d.noYear:
		return "", noYear
	}
	if y, m, day, valid := d.civil(v.dayFirst); valid {
		return fmt.Sprintf("%04d-%02d-%02d", y, m, day), ""
	}
	if _, _, _, valid := d.civil(!v.dayFirst); valid {
		return "", "day and month are not in the article's order"
	}
	return "", "there is no such day"
}

// dateOrder decides for the whole article whether numeric dates put the day
// first: one number above 12 shows it. Without such a date American articles
// put the month first, and all others the day.
func dateOrder(tables []*rawTable, english bool, fs *findings) bool {
	dayFirst, monthFirst, undecided := 0, 0, 0
	line := 0
	for _, t := range tables {
		for i := range t.rows {
			d, ok := parseDate(t.rows[i].cells[dateKind])
			if !ok || t.rows[i].otherDate || !d.numeric || d.isoOrder || d.noYear || d.odd != "" {
				continue
			}
			switch {
			case d.a > 12:
				dayFirst++
			case d.b > 12:
				monthFirst++
			case d.a != d.b:
				undecided++
				if line == 0 {
					line = t.rows[i].line
				}
			}
		}
	}
	if dayFirst > 0 && monthFirst > 0 && undecided > 0 {
		fs.add(line, Ambiguous, true, "the article has dates with the day first and dates with the month first; those that can be either are read like most others")
	}
	switch {
	case dayFirst > monthFirst:
		return true
	case monthFirst > 0 || undecided == 0:
		return false
	}
	order := "the day"
	if english {
		order = "the month"
	}
	fs.add(line, Ambiguous, true, "no date of the article shows whether the day or the month comes first; read with %s first", order)
	return !english
}

// clockOf looks at the times of a table: whether it prints a.m. and p.m., and
// whether its times may lack them.
func (v *valuer) clockOf(t *rawTable) {
	times, beyond, numeric := 0, false, false
	for i := range t.rows {
		c, ok := parseTime(t.rows[i].cells[timeKind])
		if !ok || c.odd != "" {
			continue
		}
		d, _ := parseDate(t.rows[i].cells[dateKind])
		times++
		v.twelve = v.twelve || c.meridiem
		beyond = beyond || !c.meridiem && (c.h > 12 || c.h == 0)
		numeric = numeric || d.numeric && !d.isoOrder
	}
	v.twelve = v.twelve && !beyond
	v.vague = times > 0 && !beyond && numeric && !v.twelve
}
