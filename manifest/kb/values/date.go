package values

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// date is a printed date, before it is known whether the day or the month
// comes first.
type date struct {
	a, b     int // a numeric date's first two numbers; else a is the day and b the month
	year     int
	numeric  bool // month and day are both numbers: their order is the article's
	noYear   bool
	odd      string // why it cannot be trusted
	isoOrder bool   // year first: a is the month, b the day
}

// parseDate reads the forms of date that articles print: 1/28/2000, 01-Feb-2010,
// 20-June-2015, 16-11, 2010-02-01, March 1, 2001, Mar-01-2001, 6 October 2000,
// 2010年2月1日.
func parseDate(text string) (date, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 4 || len(text) > 40 {
		return date{}, false
	}
	if text[0] < '0' || text[0] > '9' {
		return monthFirst(text)
	}
	a, rest := number(text)
	if a < 0 || rest == "" {
		return date{}, false
	}
	sep, width := utf8.DecodeRuneInString(rest)
	rest = rest[width:]
	switch {
	case sep == '年':
		return eastAsian(a, rest)
	case sep == ' ':
		return dayMonthName(a, rest, " ")
	case sep != '/' && sep != '-' && sep != '.':
		return date{}, false
	}
	if b, after := number(rest); b >= 0 && !strings.HasPrefix(after, "月") && !strings.HasPrefix(after, "월") {
		return numericDate(text, a, b, after, string(sep))
	}
	if sep == '.' {
		return date{}, false
	}
	return dayMonthName(a, rest, string(sep))
}

// number reads up to four digits; -1 when there are none or more.
func number(text string) (int, string) {
	n := Digits(text)
	if n == 0 || n > 4 {
		return -1, text
	}
	v, _ := strconv.Atoi(text[:n])
	return v, text[n:]
}

func numericDate(text string, a, b int, after, sep string) (date, bool) {
	if after == "" {
		d := date{a: a, b: b, numeric: true, noYear: true}
		return d, sep == "-" && a >= 1 && a <= 31 && b >= 1 && b <= 31 && len(text) <= 5
	}
	rest, found := strings.CutPrefix(after, sep)
	c, end := number(rest)
	if !found || c < 0 || end != "" {
		return date{}, false
	}
	if Digits(text) == 4 {
		return date{a: b, b: c, year: a, numeric: true, isoOrder: true}, sep != "." && validDay(b, c)
	}
	if sep == "." && (len(rest) != 4 || c < 1980 || c > 2100) {
		return date{}, false // a version: 2.0.1493
	}
	d := date{a: a, b: b, numeric: sep != "." || b > 12} // with dots, the day comes first in every language
	d.setYear(c, len(rest))
	if a < 1 || b < 1 || a > 31 || b > 31 || a > 12 && b > 12 {
		d.odd = "no such day"
	}
	return d, true
}

func validDay(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }

// setYear takes a year of two or four digits; 80 to 99 are the last century's.
func (d *date) setYear(year, width int) {
	d.year = year
	switch {
	case width == 2 && year >= 80:
		d.year += 1900
	case width == 2:
		d.year += 2000
	case width != 4 || year < 1980 || year > 2100:
		d.odd = fmt.Sprintf("no year %d", year)
	}
}

// dayMonthName reads the rest of "01-Feb-2010".
func dayMonthName(day int, rest, sep string) (date, bool) {
	cut := strings.LastIndex(rest, sep)
	if cut <= 0 || day < 1 || day > 31 {
		return date{}, false
	}
	name, tail := rest[:cut], rest[cut+len(sep):]
	year, end := number(tail)
	if year < 0 || end != "" || utf8.RuneCountInString(name) > 12 || !monthLike(name) {
		return date{}, false
	}
	d := date{a: day}
	d.setYear(year, len(tail))
	if n, ok := month(name); ok {
		d.b = n
	} else {
		d.odd = fmt.Sprintf("no month %q is known", name)
	}
	return d, true
}

func monthLike(name string) bool {
	letter := false
	for _, r := range name {
		letter = letter || unicode.IsLetter(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(".'׳’", r) {
			return false
		}
	}
	return letter
}

// monthFirst reads "October 6, 2000" and "Oct-06-2000".
func monthFirst(text string) (date, bool) {
	if end := text[len(text)-1]; end < '0' || end > '9' {
		return date{}, false
	}
	f := strings.Fields(text)
	if len(f) == 1 && strings.Count(text, "-") == 2 {
		f = strings.Split(text, "-")
	}
	if len(f) != 3 {
		return date{}, false
	}
	m, known := month(f[0])
	day, comma := number(f[1])
	year, end := number(f[2])
	if !known || day < 1 || day > 31 || comma != "," && comma != "" || year < 0 || end != "" {
		return date{}, false
	}
	d := date{a: day, b: m}
	d.setYear(year, len(f[2]))
	return d, true
}

// eastAsian reads the rest of "2010年2月1日".
func eastAsian(year int, rest string) (date, bool) {
	m, rest := number(rest)
	rest, month := strings.CutPrefix(rest, "月")
	day, rest := number(strings.TrimSpace(rest))
	rest, end := strings.CutPrefix(rest, "日")
	d := date{a: m, b: day, numeric: true, isoOrder: true}
	d.setYear(year, 4)
	return d, month && end && rest == "" && validDay(m, day)
}

// civil gives a date that can be trusted as 2006-01-02; dayFirst says how a
// numeric one is ordered.
func (d date) civil(dayFirst bool) (string, bool) {
	day, m := d.a, d.b
	if d.numeric && (d.isoOrder || !dayFirst) {
		m, day = d.a, d.b
	}
	t := time.Date(d.year, time.Month(m), day, 0, 0, 0, 0, time.UTC)
	return t.Format(time.DateOnly), t.Day() == day && int(t.Month()) == m
}

// clock is a printed time of day.
type clock struct {
	h, m, s  int
	seconds  bool
	meridiem bool // "am" or "pm" is printed
	odd      string
}

const noTime = "no time is printed"

// parseTime reads 13:40, 9:37, 8:57:33, 10:49AM, 08:05a, 03:45 P.M., 11.31am and
// xx:xx. With a dot it is only a time where a.m. or p.m. says so.
func parseTime(text string) (clock, bool) {
	if strings.EqualFold(text, "xx:xx") {
		return clock{odd: noTime}, true
	}
	n := Digits(text)
	if n < 1 || n > 2 || len(text) < n+3 || text[n] != ':' && text[n] != '.' || Digits(text[n+1:]) != 2 {
		return clock{}, false
	}
	var t clock
	t.h, _ = number(text)
	var rest string
	t.m, rest = number(text[n+1:])
	if strings.HasPrefix(rest, ":") && Digits(rest[1:]) == 2 {
		t.s, rest = number(rest[1:])
		t.seconds = true
	}
	switch strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(rest, " "), ".", "")) {
	case "":
	case "a", "am":
		t.half(0, "a.m.")
	case "p", "pm":
		t.half(12, "p.m.")
	case "utc", "gmt":
	default:
		return clock{}, false
	}
	if t.h > 23 || t.m > 59 || t.s > 59 {
		t.odd = "no such time"
	}
	if text[n] == '.' && (t.odd != "" || !strings.HasSuffix(strings.ToLower(strings.Trim(rest, ".")), "m")) {
		return clock{}, false // a version: 6.20a
	}
	return t, true
}

// half moves an hour into the half of the day that begins at noon or midnight.
func (t *clock) half(begin int, name string) {
	t.meridiem = true
	switch {
	case t.h > 12:
		t.odd = "an hour beyond 12 with " + name
	default:
		t.h = t.h%12 + begin
	}
}

func (t clock) String() string {
	if t.seconds {
		return fmt.Sprintf("%02d:%02d:%02d", t.h, t.m, t.s)
	}
	return fmt.Sprintf("%02d:%02d", t.h, t.m)
}
