package report

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// gap is the space between two columns of a grid.
const gap = 2

// batch is how many rows tablewriter gets at once: it needs some 8 KB a row, and
// a table can have a hundred thousand.
const batch = 500

// Grid prints rows in aligned columns under a header, indented by two, without
// lines. A cell may have several lines; it must be clean text. Nothing is cut
// or wrapped here: the caller has fitted the cells to the terminal.
func Grid(w io.Writer, header []string, rows [][]string) error {
	return gridAnd(w, header, rows, make([]string, len(rows)))
}

// gridAnd is Grid with lines below each row, under its second column, that may be of any
// length.
func gridAnd(w io.Writer, header []string, rows [][]string, below []string) error {
	for i := range rows {
		rows[i] = slices.Clone(rows[i])
		for col := range rows[i] {
			rows[i][col] = unglued(rows[i][col])
		}
	}
	widths := columnWidths(header, rows)
	for first := true; first || len(rows) > 0; first = false {
		n := min(len(rows), batch)
		if err := grid(w, header, rows[:n], below[:n], widths); err != nil {
			return err
		}
		header, rows, below = nil, rows[n:], below[n:]
	}
	return nil
}

// grid prints one batch; every batch has the same widths.
func grid(w io.Writer, header []string, rows [][]string, below []string, widths []int) error {
	var b bytes.Buffer
	t := tablewriter.NewTable(&b,
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		}),
		tablewriter.WithPadding(tw.Padding{Left: strings.Repeat(" ", gap), Overwrite: true}),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithTrimSpace(tw.Off),
	)
	if header != nil {
		t.Header(header)
	}
	for i, r := range rows {
		if i == 0 {
			r = padded(r, widths)
		}
		if err := t.Append(r); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	var out strings.Builder
	next, stop := iter.Pull(strings.Lines(b.String()))
	defer stop()
	print := func(lines int) {
		for range lines {
			line, _ := next()
			out.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
	}
	if header != nil {
		print(1)
	}
	indent := strings.Repeat(" ", gap+widths[0]+gap)
	for i, r := range rows {
		print(height(r))
		if below[i] != "" {
			out.WriteString(indent + strings.ReplaceAll(unglued(below[i]), "\n", "\n"+indent) + "\n")
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// height is the number of lines that a row takes.
func height(row []string) (lines int) {
	for _, cell := range row {
		lines = max(lines, 1+strings.Count(cell, "\n"))
	}
	return lines
}

// padded fills the first line of each cell with blanks up to the column's width.
func padded(row []string, widths []int) []string {
	out := make([]string, len(row))
	for col, c := range row {
		first, rest, more := strings.Cut(c, "\n")
		out[col] = first + strings.Repeat(" ", widths[col]-textWidth(first))
		if more {
			out[col] += "\n" + rest
		}
	}
	return out
}

// columnWidths gives the terminal columns that each column of a grid takes.
func columnWidths(header []string, rows [][]string) []int {
	widths := make([]int, len(header))
	for col := range header {
		widths[col] = textWidth(header[col])
		for _, r := range rows {
			for line := range strings.SplitSeq(r[col], "\n") {
				widths[col] = max(widths[col], textWidth(line))
			}
		}
	}
	return widths
}

// width is the number of columns that a grid will take.
func width(header []string, rows [][]string) int {
	total := 0
	for _, n := range columnWidths(header, rows) {
		total += gap + n
	}
	return total
}

// textWidth is the number of terminal columns that text takes; colour takes none.
func textWidth(text string) int {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return twwidth.Width(unglued(text))
		}
	}
	return len(text) // the usual case, without its cache
}

// grid prints items one line each where the terminal is wide enough, else with
// several lines an item.
func (t *tableWriter) grid(p *printer, list []item, table *result.TableResult) {
	if len(list) == 0 || p.err != nil {
		return
	}
	shown := list
	switch {
	case t.Verbose:
	case table.Reason.Has(result.OtherVersionOfAll): // a line has said it of all
		others := slices.DeleteFunc(slices.Clone(list), func(it item) bool { return it.verdict == result.Changed })
		shown = someOfEach(others, maxAlike)
	case table.Match == manifest.Exactly:
		shown = someOfEach(list, maxAlike)
	case len(list) > maxItems:
		shown = list[:maxItems]
	}
	if len(shown) > 0 {
		p.line("")
		t.lay(p, shown)
	}
	if more := len(list) - len(shown); more > 0 && len(shown) > 0 {
		p.line("")
		p.text("  ", fmt.Sprintf("and %s more; -v lists them all", plural(more, "file")))
	} else if more > 0 {
		p.text("  ", "-v lists them")
	}
}

// lay chooses the layout that the terminal has room for.
func (t *tableWriter) lay(p *printer, shown []item) {
	header, rows, ok := t.flat(shown)
	below := make([]string, len(rows))
	if !ok {
		header, rows, below, ok = t.stacked(shown)
	}
	switch {
	case !ok:
		t.listed(p, shown)
	case p.err == nil:
		p.err = gridAnd(p.w, header, rows, below)
	}
}

// maxItems is how many files are shown without -v: above any article's table,
// below what hides the summary line of a root with thousands of stale copies.
const maxItems = 300

// maxAlike is how many files of one verdict are shown without -v of what was
// recorded: where a folder of thousands is gone, what was added has to be seen too.
const maxAlike = 10

func someOfEach(list []item, most int) (shown []item) {
	count := map[result.Verdict]int{}
	for _, it := range list {
		if count[it.verdict]++; count[it.verdict] <= most {
			shown = append(shown, it)
		}
	}
	return shown
}

// On a terminal of wideTerminal columns long paths may be broken beside the rest
// if they have flatPath columns; on others they read better below the name.
const (
	wideTerminal = 120
	flatPath     = 30
)

// unbroken is a width that no path reaches.
const unbroken = 1 << 20

// flat is one line an item, but for long paths and for notes, which stand below
// the path. It reports whether the terminal has room for that.
func (t *tableWriter) flat(list []item) (header []string, rows [][]string, ok bool) {
	header = []string{"VERDICT", "FILE", "EXPECTED", "", "FOUND", "", "PATH"}
	last := len(header) - 1
	for _, it := range list {
		rows = append(rows, []string{
			t.verdict(it), it.name,
			it.wantVersion, it.wantSize, t.found(it, it.hasVersion, byVersion), t.found(it, it.hasSize, bySize), "",
		})
	}
	room := unbroken
	if t.Width >= wideTerminal {
		room = max(t.Width-width(header, rows)+len(header[last]), flatPath)
	}
	for i, it := range list {
		rows[i][last] = strings.Join(t.pathLines(it, room), "\n")
	}
	return header, rows, width(header, rows) <= t.Width
}

// pathLines are the path of an item and what is to be said about it.
func (t *tableWriter) pathLines(it item, width int) (lines []string) {
	if it.path != "" {
		lines = t.fold().wrapName(it.path, width)
	}
	for _, n := range it.notes {
		lines = append(lines, t.fold().wrapText(n, width)...)
	}
	return lines
}

// narrowest is the least that the column of names and paths gets.
const narrowest = 20

// stacked puts the version above the size and the name above the path. A path that is
// longer than its column and not to be broken goes below the row. It reports whether the
// terminal has room for the columns, below DefaultWidth without breaking a name; a file
// has it always.
func (t *tableWriter) stacked(list []item) (header []string, rows [][]string, below []string, ok bool) {
	header = []string{"VERDICT", "FILE", "EXPECTED", "FOUND"}
	for _, it := range list {
		rows = append(rows, []string{t.verdict(it), "", want(it), t.has(it)})
	}
	file := t.Width - width(header, rows) + len("FILE")
	ok = t.whole || file >= narrowest && (t.Width >= DefaultWidth || widestName(list) <= file)
	file = max(file, narrowest)
	below = make([]string, len(list))
	for i, it := range list {
		lines := t.pathLines(it, file)
		if len(lines) > 0 && slices.ContainsFunc(lines, func(line string) bool { return textWidth(line) > file }) {
			below[i] = strings.Join(t.pathLines(it, t.Width-(gap+columnWidths(header, rows)[0]+gap)), "\n")
			lines = nil
		}
		rows[i][1] = strings.Join(append(t.fold().wrapName(it.name, file), lines...), "\n")
	}
	return header, rows, below, ok
}

// widestName is the columns that the longest name or path takes.
func widestName(list []item) (widest int) {
	for _, it := range list {
		widest = max(widest, textWidth(it.name), textWidth(it.path))
	}
	return widest
}

// listed has a line for each thing about an item: on a terminal that is too narrow for
// columns, they would be cut.
func (t *tableWriter) listed(p *printer, list []item) {
	const indent = "    "
	for _, it := range list {
		p.text("  ", t.verdict(it)+": "+it.name)
		for _, line := range t.pathLines(it, t.Width-len(indent)) {
			p.line(indent + line)
		}
		for _, is := range []struct{ what, cell string }{{"expected ", want(it)}, {"found ", t.has(it)}} {
			if is.cell != "" {
				p.text(indent, is.what+strings.ReplaceAll(glued(is.cell), "\n", ", "))
			}
		}
	}
}

func (t *tableWriter) verdict(it item) string {
	return t.paint(verdictInk(it.verdict), word(it.verdict))
}

func want(it item) string {
	return cell(it.wantVersion, it.wantSize, platformLine(it.wantPlatform))
}

func (t *tableWriter) has(it item) string {
	return cell(t.found(it, it.hasVersion, byVersion), t.found(it, it.hasSize, bySize),
		t.found(it, platformLine(it.hasPlatform), byPlatform))
}

// What a verdict is about.
var (
	byVersion = []result.Verdict{result.Older, result.Newer, result.NoVersion, result.Unreadable, result.Missing,
		result.Extra}
	bySize     = []result.Verdict{result.WrongSize, result.Extra}
	byPlatform = []result.Verdict{result.WrongPlatform}
)

// found gives what was found the verdict's colour where it is what decided.
func (t *tableWriter) found(it item, text string, decides []result.Verdict) string {
	if slices.Contains(decides, it.verdict) {
		return t.paint(verdictInk(it.verdict), text)
	}
	return text
}

func platformLine(platform string) string {
	if platform == "" {
		return ""
	}
	return "for " + platform
}

func cell(lines ...string) string { return strings.Join(nonEmpty(lines...), "\n") }
