package kb

import (
	"fmt"
	"strconv"
	"strings"

	"kbverify/manifest"
)

// valuer turns the cells of one table into values. It knows what the article
// and the table as a whole say about them.
type valuer struct {
	fs       *findings
	dayFirst bool // numeric dates of the article
	twelve   bool // the table prints a.m. and p.m.
	vague    bool // its times may be those of a 12-hour clock without a.m. and p.m.
	empty    map[string]bool
	notes    *noteSet
	yearless bool // a date without a year was reported
}

// file gives the row as a manifest has it; false when it has no usable name.
func (v *valuer) file(row *rawRow) (manifest.File, bool) {
	var f manifest.File
	if row.rivals > 0 {
		v.fs.add(row.line, Ambiguous, true, "%s can be split into cells in %d ways; read as %s", quote(row.text), row.rivals+1, row.cells.describe())
	}
	if !v.name(&f, row) {
		return f, false
	}
	v.version(&f, row)
	v.size(&f, row)
	v.modified(&f, row)
	v.platform(&f, row)
	f.Note = v.note(row)
	return f, true
}

func (c *cells) describe() string {
	var parts []string
	for k, text := range c {
		if text != "" {
			parts = append(parts, fmt.Sprintf("%s %q", kind(k), text))
		}
	}
	return strings.Join(parts, ", ")
}

func (v *valuer) name(f *manifest.File, row *rawRow) bool {
	printed := oneLine(strings.ReplaceAll(row.cells[nameKind], string(cellBreak), ""))
	f.Name = baseName(printed)
	if f.Name != printed {
		f.AsPrinted.Name = cut(printed)
	}
	if nameQuality(f.Name) == noFit {
		v.fs.add(row.line, NotTaken, true, "%q cannot be the name of a file", f.Name)
		return false
	}
	if words := strings.Fields(f.Name); len(words) > 1 && nameQuality(words[0]) == plainCost {
		v.fs.add(row.line, Odd, true, "%q may be two names; kept as printed", f.Name)
	}
	if dot := strings.LastIndexByte(f.Name, '.'); dot >= 0 && len(f.Name)-dot-1 == 1 {
		v.fs.add(row.line, Odd, true, "the name %q has an extension of one letter; kept as printed", f.Name)
	}
	return true
}

// oneLine makes a cell clean text on one line.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, string(cellBreak), " ")), " ")
}

// cut keeps as_printed within what a manifest takes.
func cut(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.TrimSpace(strings.ToValidUTF8(text[:longest], ""))
}

func (v *valuer) version(f *manifest.File, row *rawRow) {
	printed := oneLine(row.cells[versionKind])
	text := printed
	if m := versionWord.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if m := versionTail.FindStringSubmatch(text); m != nil {
		text, f.AsPrinted.Version = m[1], cut(printed)
	}
	switch p, err := manifest.ParsePrinted(text); {
	case isNotApplicable(printed), v.empty[fold(printed)]:
	case textFile(f.Name):
		f.AsPrinted.Version = cut(printed)
		v.notes.add(noteTextVersion)
	case err == nil && strings.Count(text, ".") > 1:
		f.Version = p
	case err == nil && buildPair(text):
		f.Version, _ = manifest.ParsePrinted("*.*." + text)
		f.AsPrinted.Version = printed
		v.notes.add(noteNoProduct)
	case versionQuality(text) == bareCost && len(text) <= 3 && len(row.cells[sizeKind]) == 3 && digits(row.cells[sizeKind]) == 3:
		f.AsPrinted.Version = printed
		v.fs.add(row.line, Ambiguous, true, "%q may be one size with a blank between its groups; read as build and size", printed+" "+row.cells[sizeKind])
	case err == nil, versionQuality(text) == bareCost, productLabel.MatchString(text):
		f.AsPrinted.Version = printed
		v.notes.add(labelNote)
	default:
		f.AsPrinted.Version = cut(printed)
		v.fs.add(row.line, Odd, true, "%s is no version; kept as printed, and not compared", quote(printed))
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

func (v *valuer) size(f *manifest.File, row *rawRow) {
	printed := oneLine(row.cells[sizeKind])
	text := printed
	if m := byteWord.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	switch {
	case isNotApplicable(printed), v.empty[fold(printed)]:
		return
	case digits(text) == len(text), grouped.MatchString(text):
		n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
		if err == nil && n <= manifest.MaxSize {
			f.Size = manifest.ExactSize(n)
			return
		}
	case dotGrouped.MatchString(text):
		if n, err := strconv.ParseInt(strings.ReplaceAll(text, ".", ""), 10, 64); err == nil && n <= manifest.MaxSize {
			f.Size = manifest.ExactSize(n)
			f.AsPrinted.Size = printed
			v.fs.add(row.line, Ambiguous, true, "the size %q has dots between its groups; read as %s bytes", printed, manifest.Commas(n))
			return
		}
	case rounded.MatchString(text):
		if s, err := manifest.ParseSize(strings.ToUpper(text)); err == nil {
			f.Size = s
			if s.Text() != printed {
				f.AsPrinted.Size = printed
			}
			return
		}
	}
	f.AsPrinted.Size = cut(printed)
	v.fs.add(row.line, Odd, true, "the size %q is not one: groups have three digits; kept as printed, and not compared", printed)
}

func (v *valuer) platform(f *manifest.File, row *rawRow) {
	printed := oneLine(row.cells[platformKind])
	if isNotApplicable(printed) || v.empty[fold(printed)] {
		return
	}
	if p := knownDecorated(printed); p != "" {
		f.Platform = p
		return
	}
	f.Platform = manifest.ParsePlatform(printed)
	if len(f.Platform) > 64 {
		f.Platform = ""
		f.AsPrinted.Platform = cut(printed)
		v.fs.add(row.line, Odd, true, "%s is no platform; kept as printed", quote(printed))
	}
}

// note joins the cells of further columns and the words behind the row.
func (v *valuer) note(row *rawRow) string {
	parts := row.notes
	if tail := oneLine(row.tail); tail != "" {
		parts = append(parts, tail)
		v.fs.add(row.line, Note, false, "%q stands behind the row; kept as its note", tail)
	}
	text := oneLine(strings.Join(parts, "; "))
	if len(text) > 500 {
		text = strings.TrimSpace(strings.ToValidUTF8(text[:500], ""))
	}
	return text
}
