package values

import (
	"slices"
	"strconv"
	"strings"

	"kbverify/manifest"
	"kbverify/manifest/kb/findings"
)

// Printed is a table as it is printed.
type Printed struct {
	Rows  []Row
	Empty map[string]bool // its own words for an empty cell, folded
}

// Table is the values of a table.
type Table struct {
	Files []manifest.File
	Lines []int // the source line of each file
}

// Read turns the tables of one article into values, each into its own; a table
// whose rows have no names is left without files. english says that the text
// is. The notes are what an administrator should know about the values.
func Read(tables []Printed, english bool, fs *findings.List) (out []Table, notes []string) {
	v := &valuer{fs: fs}
	dayFirst := dayOrders(tables, english, fs)
	for i := range tables {
		v.begin(&tables[i], english)
		v.dayFirst = dayFirst[i]
		t := Table{make([]manifest.File, 0, len(tables[i].Rows)), make([]int, 0, len(tables[i].Rows))}
		for j := range tables[i].Rows {
			if f, ok := v.file(&tables[i].Rows[j]); ok {
				t.Files = append(t.Files, f)
				t.Lines = append(t.Lines, tables[i].Rows[j].Line)
			}
		}
		v.thousands(&t)
		out = append(out, t)
	}
	return out, v.notes
}

// valuer turns cells into values. It knows what the article and the table as a
// whole say about them.
type valuer struct {
	fs    *findings.List
	notes []string
	// Of the table at hand:
	dayFirst bool // its numeric dates put the day first
	empty    map[string]bool
	dots     bool // it prints sizes with dots between their groups, and no other ones
	twelve   bool // it prints a.m. and p.m.
	vague    bool // its times may be those of a 12-hour clock without a.m. and p.m.
	yearless bool // a date without a year was reported
	versions bool // it prints versions of three parts and more
	labels   bool // a version of fewer parts was reported
}

// The notes on a manifest.
const (
	noteNoProduct = "The article prints versions without their product part; only the last two numbers are known, " +
		"so a file that is newer cannot be told from one of another product."
	noteLabel = "The article prints the product's version or build in place of file versions; " +
		"these are kept as printed and not compared."
	noteTextVersion = "The article prints versions for text files, which hold none; " +
		"these are kept as printed and not compared."
	noteThousands = "The article rounds its sizes to thousands of bytes; " +
		"they are kept as printed and cannot be matched exactly."
)

func (v *valuer) note(text string) {
	if !slices.Contains(v.notes, text) {
		v.notes = append(v.notes, text)
	}
}

// odd reports a cell that does not fit, and cuts it to what a manifest keeps of
// it.
func (v *valuer) odd(row *Row, printed, format string, args ...any) string {
	v.fs.Add(row.Line, findings.Odd, true, format, args...)
	return cut(printed)
}

// cut keeps as_printed within what a manifest takes.
func cut(text string) string { return within(200, text) }

func within(longest int, text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.TrimSpace(strings.ToValidUTF8(text[:longest], ""))
}

// isEmpty: an empty cell, also in the table's own words.
func (v *valuer) isEmpty(printed string) bool {
	return NotApplicable(printed) || v.empty[Fold(printed)]
}

// begin looks at a table as a whole. Only English articles print hours of a
// 12-hour clock without a.m. and p.m.
func (v *valuer) begin(t *Printed, english bool) {
	times, beyond, numeric := 0, false, false
	v.empty, v.twelve, v.yearless, v.dots, v.versions, v.labels = t.Empty, false, false, true, false, false
	for i := range t.Rows {
		v.versions = v.versions || groups(t.Rows[i].Cells[Version], '.', 9, 1, 9) > 2
		size := t.Rows[i].Cells[Size]
		v.dots = v.dots && (len(size) <= 3 || groups(size, '.', 3, 3, 3) > 1)
	}
	for i := range t.Rows {
		c, ok := parseTime(t.Rows[i].Cells[Time])
		if !ok || c.odd != "" {
			continue
		}
		d, _ := parseDate(t.Rows[i].Cells[Date])
		times++
		v.twelve = v.twelve || c.meridiem
		beyond = beyond || !c.meridiem && (c.h > 12 || c.h == 0)
		numeric = numeric || d.numeric && !d.isoOrder
	}
	v.twelve = v.twelve && !beyond
	v.vague = english && times > 0 && !beyond && numeric && !v.twelve
}

// file gives the row as a manifest has it; false when it has no usable name.
func (v *valuer) file(row *Row) (f manifest.File, ok bool) {
	if row.Rivals > 0 {
		v.fs.Ambiguous(row.Line, "%s can be split into cells in %d ways; read as %s",
			findings.Quote(row.Text), row.Rivals+1, row.Cells.String())
	}
	if !v.name(&f, row) {
		return f, false
	}
	v.version(&f, row)
	v.size(&f, row)
	v.modified(&f, row)
	v.platform(&f, row)
	parts := row.Notes
	if tail := OneLine(row.Tail); tail != "" {
		parts = append(parts, tail)
		v.fs.Add(row.Line, findings.Note, false, "%q stands behind the row; kept as its note", tail)
	}
	f.Note = within(500, OneLine(strings.Join(parts, "; ")))
	return f, true
}

func (v *valuer) name(f *manifest.File, row *Row) bool {
	printed := OneLine(strings.ReplaceAll(row.Cells[Name], string(Break), ""))
	f.Name = baseName(printed)
	if strings.IndexByte(printed, ' ') > 0 && shortName().MatchString(printed) && Odd(Name, printed, false) != NoFit {
		f.Name = strings.ReplaceAll(printed, " ", ".")
		v.odd(row, "", "%q is a name as a directory listing prints it; read as %s", printed, f.Name)
	}
	if f.Name != printed {
		f.AsPrinted.Name = cut(printed)
	}
	if Quality(Name, f.Name) == NoFit {
		v.fs.Add(row.Line, findings.NotTaken, true, "%q cannot be the name of a file", f.Name)
		return false
	}
	if words := strings.Fields(f.Name); len(words) > 1 && Is(Name, words[0]) {
		v.odd(row, "", "%q may be two names; kept as printed", f.Name)
	}
	if dot := strings.LastIndexByte(f.Name, '.'); dot >= 0 && len(f.Name)-dot-1 == 1 && !source(f.Name[dot+1:]) {
		v.odd(row, "", "the name %q has an extension of one letter; kept as printed", f.Name)
	}
	return true
}

// source: the extensions of one letter that programs come with.
func source(extension string) bool {
	return strings.EqualFold(extension, "h") || strings.EqualFold(extension, "c")
}

func (v *valuer) version(f *manifest.File, row *Row) {
	printed := OneLine(row.Cells[Version])
	text := afterWord(printed)
	if m := tailOf(text); m != nil {
		text, f.AsPrinted.Version = m[1], cut(printed)
		if Is(Platform, m[2]) && row.Cells[Platform] == "" {
			row.Cells[Platform] = m[2]
		}
	} else if m := markOf(text); m != nil {
		text, f.AsPrinted.Version = m[1], cut(printed)
		v.fs.Add(row.Line, findings.Odd, false, "the version %q has a word behind it; read as %s", printed, text)
	}
	bare := Quality(Version, text) == BareNumber
	switch p, err := manifest.ParsePrinted(text); {
	case v.isEmpty(printed):
	case textFile(f.Name):
		f.AsPrinted.Version = cut(printed)
		v.note(noteTextVersion)
	case err == nil && strings.Count(text, ".") > 1:
		f.Version = p
	case err == nil && buildPair(text) && row.Cells[Size] == "" && groups(text, '.', 3, 3, 3) > 1:
		f.AsPrinted.Version = v.odd(row, printed, "%q can be a version or a size; kept as printed, and not compared", printed)
	case err == nil && buildPair(text):
		f.Version, _ = manifest.ParsePrinted("*.*." + text)
		f.AsPrinted.Version = printed
		v.note(noteNoProduct)
	case bare && len(text) <= 3 && len(row.Cells[Size]) == 3 && Digits(row.Cells[Size]) == 3:
		f.AsPrinted.Version = printed
		v.fs.Ambiguous(row.Line,
			"%q may be one size with a blank between its groups; read as build and size", printed+" "+row.Cells[Size])
	case err == nil, bare, productLabel().MatchString(text):
		f.AsPrinted.Version = printed
		v.note(noteLabel)
		if v.versions && !v.labels {
			v.labels = true
			v.fs.Add(row.Line, findings.Odd, false, "the version %q is the product's or a build, that of %s the first of "+
				"them; kept as printed, and not compared", printed, f.Name)
		}
	default:
		f.AsPrinted.Version = v.odd(row, printed, "%s is no version; kept as printed, and not compared",
			findings.Quote(printed))
	}
}

// textFile: files that hold no version resource, whatever an article prints.
func textFile(name string) bool {
	switch strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]) {
	case "ini", "sql", "txt", "mof", "inf", "xml", "map", "htm", "html", "mib", "cfg", "bat", "cmd", "vbs", "js":
		return true
	}
	return false
}

// buildPair: "1493.3143" is a build and a revision without the product in
// front; "1.2" is the product.
func buildPair(text string) bool {
	build, _, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(build)
	return err == nil && n >= 100
}

func (v *valuer) size(f *manifest.File, row *Row) {
	printed := OneLine(row.Cells[Size])
	text := bytesOf(printed)
	if endsIn(text, ")") {
		text = bothWays().ReplaceAllString(text, "$1")
	}
	dots := dotGrouped(text) || v.dots && groups(text, '.', 3, 3, 3) > 1
	blanks := blankGrouped(text)
	switch {
	case v.isEmpty(printed):
		return
	case Digits(text) == len(text), grouped(text), dots, blanks:
		n, err := strconv.ParseInt(ungrouped.Replace(text), 10, 64)
		if err != nil || n > manifest.MaxSize {
			break
		}
		f.Size = manifest.ExactSize(n)
		if dots || blanks {
			f.AsPrinted.Size = printed
			v.fs.Ambiguous(row.Line, "the size %q has %s between its groups; read as %s bytes",
				printed, map[bool]string{true: "dots", false: "blanks"}[dots], manifest.Commas(n))
		}
		return
	case isRounded(text):
		if s, err := manifest.ParseSize(strings.ToUpper(text)); err == nil {
			f.Size = s
			if s.Text() != printed {
				f.AsPrinted.Size = printed
			}
			return
		}
	}
	why := ""
	if grouped := strings.Trim(printed, "0123456789,."); grouped == "" {
		why = ": groups have three digits"
	}
	f.AsPrinted.Size = v.odd(row, printed, "the size %q is not one%s; kept as printed, and not compared", printed, why)
}

// ungrouped takes the marks between groups of digits away.
var ungrouped = strings.NewReplacer(",", "", ".", "", " ", "")

// thousands takes sizes back that are all whole thousands: they were rounded,
// and nobody says how.
func (v *valuer) thousands(t *Table) {
	const fewest = 3 // two whole thousands can be chance
	n := 0
	for i := range t.Files {
		size, exact := t.Files[i].Size.Exact()
		if t.Files[i].Size.IsZero() {
			continue
		}
		if !exact || size == 0 || size%1000 != 0 {
			return
		}
		n++
	}
	if n < fewest {
		return
	}
	for i := range t.Files {
		if size, exact := t.Files[i].Size.Exact(); exact {
			t.Files[i].AsPrinted.Size = manifest.Commas(size)
			t.Files[i].Size = manifest.Size{}
		}
	}
	v.note(noteThousands)
	v.fs.Add(t.Lines[0], findings.Odd, true, "every size of the table is a whole number of thousands, "+
		"so they were rounded; kept as printed, and not compared")
}

func (v *valuer) platform(f *manifest.File, row *Row) {
	printed := OneLine(row.Cells[Platform])
	if v.isEmpty(printed) {
		return
	}
	if f.Platform = decorated(printed); f.Platform == "" {
		f.Platform = manifest.ParsePlatform(printed)
	}
	if len(f.Platform) > 64 {
		f.Platform = ""
		f.AsPrinted.Platform = v.odd(row, printed, "%s is no platform; kept as printed", findings.Quote(printed))
	}
}

// modified reads date and time together. What cannot be trusted is left out
// and kept as printed.
func (v *valuer) modified(f *manifest.File, row *Row) {
	day, hour := OneLine(row.Cells[Date]), OneLine(row.Cells[Time])
	printed := strings.TrimSpace(day + " " + hour)
	if v.isEmpty(day) {
		return
	}
	text, why := v.day(day)
	switch {
	case why == noYear:
		f.AsPrinted.Modified = cut(printed)
		if !v.yearless {
			v.yearless = true
			v.fs.Add(row.Line, findings.Odd, false, "the dates of the table have no year, %q the first; kept as printed", day)
		}
		return
	case why != "":
		f.AsPrinted.Modified = cut(printed)
		v.fs.Add(row.Line, findings.Odd, false, "the date %q cannot be trusted: %s; kept as printed", day, why)
		return
	}
	f.Modified = text
	if v.isEmpty(hour) {
		return
	}
	t, ok := parseTime(hour)
	if !ok || t.odd != "" {
		f.AsPrinted.Modified = cut(printed)
		v.fs.Add(row.Line, findings.Odd, false, "the time %q cannot be trusted; only the date is taken", hour)
		return
	}
	f.Modified += "T" + t.String()
	if !t.meridiem && t.h <= 12 && (v.twelve || v.vague) {
		f.AsPrinted.Modified = cut(printed)
		v.fs.Add(row.Line, findings.Ambiguous, false, "the time %q says neither a.m. nor p.m.; read as %s", hour, t)
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
	if text, valid := d.civil(v.dayFirst); valid {
		return text, ""
	}
	if _, valid := d.civil(!v.dayFirst); valid {
		return "", "day and month are not in the table's order"
	}
	return "", "there is no such day"
}

// order counts what shows whether numeric dates put the day first.
type order struct {
	days, months int // dates that can only have the day, or the month, in front
	either       int // dates that can have both
	line         int // of the first that can
}

func orderOf(t *Printed) (o order) {
	for i := range t.Rows {
		d, ok := parseDate(t.Rows[i].Cells[Date])
		if !ok || t.Rows[i].OtherDate || !d.numeric || d.isoOrder || d.noYear || d.odd != "" {
			continue
		}
		switch {
		case d.a > 12:
			o.days++
		case d.b > 12:
			o.months++
		case d.a != d.b:
			if o.either++; o.either == 1 {
				o.line = t.Rows[i].Line
			}
		}
	}
	return o
}

// dayOrders decides for each table whether its numeric dates put the day first:
// its own dates settle it, where one number above 12 shows it, and those of the
// other tables where it is silent. Without such a date American articles put the
// month first, and all others the day. No judgement rests on a date, so that none
// of this is strict.
func dayOrders(tables []Printed, english bool, fs *findings.List) []bool {
	var all order
	orders := make([]order, len(tables))
	for i := range tables {
		o := orderOf(&tables[i])
		orders[i] = o
		all.days, all.months = all.days+o.days, all.months+o.months
		if o.either > 0 && o.days+o.months == 0 && all.line == 0 {
			all.line = o.line
		}
	}
	out := make([]bool, len(tables))
	for i, o := range orders {
		if o.days > 0 && o.months > 0 && o.either > 0 {
			fs.Add(o.line, findings.Ambiguous, false, "the table has dates with the day first and dates with the month first; "+
				"those that can be either are read like most others")
		}
		if o.days+o.months == 0 {
			o = all
		}
		out[i] = o.days > o.months || o.days+o.months == 0 && !english
	}
	switch first := map[bool]string{true: "the month", false: "the day"}; {
	case all.line == 0:
	case all.days+all.months == 0:
		fs.Add(all.line, findings.Ambiguous, false,
			"no date of the article shows whether the day or the month comes first; read with %s first", first[english])
	case all.days > 0 && all.months > 0:
		fs.Add(all.line, findings.Ambiguous, false, "no date of this table shows whether the day or the month comes first, "+
			"and the other tables have both; read with %s first", first[all.days <= all.months])
	}
	return out
}
