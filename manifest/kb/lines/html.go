package lines

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/values"
)

const (
	// maxTableDepth caps tables inside tables; pages of the time laid themselves
	// out with a few.
	maxTableDepth = 32
	// maxSpanned caps the bytes of all cells that are repeated for further rows: a
	// few letters of a page can stand for gigabytes otherwise.
	maxSpanned = 8 << 20
	// maxSpan caps the rows for which one cell stands, as browsers do.
	maxSpan = 1_000
	// blockBreak stands for the end of a paragraph inside a cell.
	blockBreak = '\f'
)

// htmlReader turns the tokens of a page into lines. It reads tokens and not a
// tree, so that every line knows where it stands and nesting costs nothing.
type htmlReader struct {
	out    []Line
	no     int // source line of the token at hand
	last   int // source line where it ends: a return by itself or &#10; breaks text, but no line of the source
	text   strings.Builder
	textNo int // source line where text began
	head   bool
	skip   int // inside script, style and the like
	tables []*htmlRow
	left   *int // bytes that cells of several rows may still take
}

// htmlRow is the row being read of one open table.
type htmlRow struct {
	cells []string
	cell  *strings.Builder
	rows  int          // that the cell being read stands for
	spans map[int]span // by column: cells of rows above that stand for this one, too
	no    int
}

// span is a cell that stands for further rows below it.
type span struct {
	text string
	left int // rows that it still stands for
}

// htmlLines reads a page. Cells that stand for several rows take their bytes
// from left; the error wraps ErrTooLarge.
func htmlLines(page string, left *int) ([]Line, error) {
	r := &htmlReader{no: 1, left: left}
	z := html.NewTokenizer(strings.NewReader(page))
	for len(r.out) <= MaxLines && *r.left >= 0 && z.Next() != html.ErrorToken {
		r.last = r.no + bytes.Count(z.Raw(), []byte{'\n'})
		r.token(z.Token())
		r.no = r.last
	}
	for len(r.tables) > 0 {
		r.closeTable()
	}
	r.flush()
	if *r.left < 0 {
		return nil, fmt.Errorf("%w: line %d: cells that stand for several rows repeat more than %d bytes",
			ErrTooLarge, r.no, maxSpanned)
	}
	return r.out, nil
}

var blockElements = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true,
	atom.Pre: true, atom.Section: true, atom.Article: true, atom.Blockquote: true, atom.Dt: true, atom.Dd: true,
	atom.Hr: true, atom.Summary: true, atom.Details: true, atom.Title: true, atom.Body: true}

func (r *htmlReader) token(t html.Token) {
	opens := t.Type == html.StartTagToken || t.Type == html.SelfClosingTagToken
	switch {
	case t.Type == html.TextToken:
		r.addText(t.Data)
		return
	case t.Type == html.CommentToken && strings.HasPrefix(strings.TrimSpace(t.Data), "saved from url="):
		r.out = append(r.out, Line{No: r.no, Text: tidy(values.OneLine(t.Data)), Block: true})
		return
	case t.DataAtom == atom.Link && opens:
		r.address(t)
		return
	case !opens && t.Type != html.EndTagToken:
		return
	}
	switch a := t.DataAtom; a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template:
		if t.Type == html.StartTagToken {
			r.skip++
		} else if !opens {
			r.skip = max(0, r.skip-1)
		}
	case atom.Table:
		if opens {
			r.openTable()
		} else {
			r.closeTable()
		}
	case atom.Tr:
		if r.endRow(); opens && r.row() != nil {
			r.row().no = r.no
		}
	case atom.Td, atom.Th:
		if r.endCell(); opens && r.row() != nil {
			r.row().open(t, r.no)
		}
	case atom.Br:
		if opens {
			r.breakAt(values.Break)
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Caption:
		r.breakAt(blockBreak)
		r.head = r.head || opens
	default:
		if blockElements[a] {
			r.breakAt(blockBreak)
		}
	}
}

// address gives the line that says where the page comes from, in its own words.
func (r *htmlReader) address(t html.Token) {
	canonical, href := false, ""
	for _, a := range t.Attr {
		canonical = canonical || a.Key == "rel" && a.Val == "canonical"
		if a.Key == "href" {
			href = a.Val
		}
	}
	if canonical && len(href) < LongestRow {
		r.out = append(r.out, Line{No: r.no, Text: tidy(values.OneLine(href)), Block: true})
	}
}

// row is that of the innermost table, or nil.
func (r *htmlReader) row() *htmlRow {
	if len(r.tables) == 0 {
		return nil
	}
	return r.tables[len(r.tables)-1]
}

// inCell is the row with an open cell, or nil.
func (r *htmlReader) inCell() *htmlRow {
	if row := r.row(); row != nil && row.cell != nil {
		return row
	}
	return nil
}

func (r *htmlReader) addText(text string) {
	if r.skip > 0 {
		return
	}
	if row := r.inCell(); row != nil {
		row.cell.WriteString(text)
		return
	}
	if strings.TrimSpace(text) == "" && r.text.Len() == 0 {
		return
	}
	no := r.no
	for i, piece := range strings.Split(text, "\n") { // <pre> keeps its lines; elsewhere they are blanks
		if i > 0 {
			r.flush()
		}
		if r.text.Len() == 0 {
			r.textNo = min(no+i, r.last)
		}
		r.text.WriteString(piece)
	}
}

// breakAt ends a line of running text; inside a cell it leaves a mark.
func (r *htmlReader) breakAt(mark byte) {
	if row := r.inCell(); row != nil {
		row.cell.WriteByte(mark)
		return
	}
	r.flush()
}

// flush ends a line of running text.
func (r *htmlReader) flush() {
	if r.text.Len() > 0 {
		l := textLine(r.textNo, r.text.String(), false)
		l.Head, l.Block = r.head, true
		r.out = append(r.out, l)
		r.text.Reset()
	}
	r.head = false
}

func (r *htmlReader) openTable() {
	r.flush()
	if len(r.tables) < maxTableDepth {
		r.tables = append(r.tables, &htmlRow{})
	}
	r.out = append(r.out, Line{No: r.no})
}

// closeTable ends a table. A table that only lays out the page has its text
// in the lines all the same.
func (r *htmlReader) closeTable() {
	r.endRow()
	if n := len(r.tables); n > 0 {
		r.tables = r.tables[:n-1]
	}
	r.out = append(r.out, Line{No: r.no})
}

func (r *htmlReader) endRow() {
	r.endCell()
	if row := r.row(); row != nil {
		if len(row.cells) > 0 {
			row.fill(r.left)
			r.out = append(r.out, cellsLine(row.no, row.cells))
		}
		row.cells, row.no = nil, 0
	}
}

func isBreak(c rune) bool { return c == '\n' || c == blockBreak }

// endCell ends a cell. A cell that only lays out the page holds whole
// paragraphs: those are lines of text.
func (r *htmlReader) endCell() {
	row := r.inCell()
	if row == nil {
		return
	}
	text := strings.ReplaceAll(row.cell.String(), "\r", "")
	row.cell = nil
	if isLayout(text) {
		r.layout(text, row.no)
		return
	}
	blank := func(c rune) bool { return c == ' ' || c == '\t' }
	row.add(strings.Join(strings.FieldsFunc(tidy(text), blank), " "), r.left)
}

func isLayout(text string) bool {
	const most = 4 // a cell of a file table says one thing; four lines are a page
	n := 0
	for l := range strings.FieldsFuncSeq(text, isBreak) {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n > most || len(text) > LongestRow
}

func (r *htmlReader) layout(text string, no int) {
	ends := func(c rune) bool { return c == blockBreak || c == values.Break }
	for physical := range strings.Lines(text) {
		for piece := range strings.FieldsFuncSeq(physical, ends) {
			if len(r.out) > MaxLines {
				return
			}
			r.out = append(r.out, textLine(no, piece, false))
		}
		no = min(no+1, r.no)
	}
}

// open begins a cell.
func (row *htmlRow) open(t html.Token, no int) {
	row.cell, row.rows = &strings.Builder{}, 1
	for _, a := range t.Attr {
		if n, err := strconv.Atoi(a.Val); a.Key == "rowspan" && err == nil && row.rows == 1 {
			row.rows = min(max(n, 1), maxSpan)
		}
	}
	if row.no == 0 {
		row.no = no
	}
}

// fill puts the cells that stand for several rows where the row lacks them. It
// takes their bytes from what is left.
func (row *htmlRow) fill(left *int) {
	for {
		at := len(row.cells)
		s, there := row.spans[at]
		if !there {
			return
		}
		if s.left--; s.left == 0 {
			delete(row.spans, at)
		} else {
			row.spans[at] = s
		}
		*left -= len(s.text) + 1
		row.cells = append(row.cells, s.text)
	}
}

// add appends a cell, behind those that stand for several rows.
func (row *htmlRow) add(text string, left *int) {
	row.fill(left)
	if at := len(row.cells); row.rows > 1 && at < headings.MaxColumns {
		if row.spans == nil {
			row.spans = map[int]span{}
		}
		row.spans[at] = span{text, row.rows - 1}
	}
	row.cells = append(row.cells, text)
}
