package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// csvHeader names the columns. The kind says what a line is: a "row" of a
// table with one of its copies, an "unlisted" copy, a "table" that could not be
// judged, a "fault" or "link" below the root, an "excluded" pattern of paths, one that
// only the scan left out ("unasked"), or a "root": one that could not be read, or one that says how many known hotfixes
// left nothing there.
var csvHeader = []string{
	"kind", "root", "hotfix", "table", "state", "name", "row_path", "platform", "expected_version", "expected_size",
	"expected_modified", "alternatives", "verdict", "reason", "path", "version", "size", "modified", "copy_platform",
	"copy_verdict", "notes", "title", "tool", "catalog", "delivered_by", "remarks",
	"table_reason", "next", "article", "superseded_by", "set_aside", "manifest",
	"match", "expected_md5", "expected_sha256", "md5", "sha256",
	"signature", "signer", "signed_at", "stamped", "signature_algorithm", "signature_detail", "trust",
	"product", "host", "start", "end",
}

type csvWriter struct {
	w    *csv.Writer
	tool result.Tool
	root result.RootResult // the one at hand
}

func newCSVWriter(w io.Writer, tool result.Tool) (*csvWriter, error) {
	c := &csvWriter{w: csv.NewWriter(w), tool: tool}
	return c, c.w.Write(csvHeader)
}

func (c *csvWriter) Root(r result.RootResult) error {
	r = cleaned(r)
	c.root = r
	switch {
	case r.Error != "":
		c.line(csvLine{"kind": "root", "root": r.Root, "reason": r.Error})
	case r.Absent > 0:
		c.line(csvLine{"kind": "root", "root": r.Root, "state": string(result.Absent),
			"reason": plural(r.Absent, "known hotfix", "known hotfixes") + " left nothing here"})
	}
	for i := range r.Tables {
		c.table(r.Root, &r.Tables[i])
	}
	for _, f := range r.Faults {
		c.line(csvLine{"kind": "fault", "root": r.Root, "path": f.Path, "reason": f.Error})
	}
	for _, l := range r.Links {
		c.line(csvLine{"kind": "link", "root": r.Root, "path": l.Path, "reason": l.Target})
	}
	for _, pattern := range r.Excluded {
		c.line(csvLine{"kind": "excluded", "root": r.Root, "path": pattern})
	}
	if text := notLookedAt(&r); r.NoSignatures || r.NoTrust {
		c.line(csvLine{"kind": "root", "root": r.Root, "reason": strings.TrimPrefix(text, ", but ")})
	}
	for _, pattern := range r.Unasked {
		c.line(csvLine{"kind": "unasked", "root": r.Root, "path": pattern})
	}
	c.w.Flush()
	return c.w.Error()
}

func (c *csvWriter) Close(result.Taken, result.Exit) error {
	c.w.Flush()
	return c.w.Error()
}

// csvLine is one line by column name; what is not there is empty.
type csvLine map[string]string

// line writes one line; csv.Writer keeps the first error for Root and Close.
func (c *csvWriter) line(l csvLine) {
	tool := cmp.Or(c.root.Judge, c.tool)
	l["tool"], l["catalog"] = tool.Name+" "+tool.Version, tool.Catalog
	l["host"], l["start"], l["end"] = c.root.Taken.Host, timeText(c.root.Taken.Start), timeText(c.root.Taken.End)
	cells := make([]string, len(csvHeader))
	for i, name := range csvHeader {
		cells[i] = guardFormula(l[name])
	}
	_ = c.w.Write(cells)
}

func (c *csvWriter) table(root string, t *result.TableResult) {
	var aside []string
	for _, a := range t.SetAside {
		aside = append(aside, fmt.Sprintf("%d in %s", a.Files, a.Path))
	}
	about := func(kind string) csvLine {
		return csvLine{"kind": kind, "root": root, "hotfix": t.Hotfix, "table": t.Table, "title": t.Title,
			"state": string(t.State), "remarks": result.Words(t.Remarks, "; "), "table_reason": t.Reason.String(),
			"next": result.Words(t.Next, "; "), "article": t.Article, "superseded_by": strings.Join(t.SupersededBy, "; "),
			"set_aside": strings.Join(aside, "; "), "manifest": t.Manifest, "match": string(t.Match),
			"product": t.Product}
	}
	if len(t.Rows) == 0 {
		l := about("table")
		l["reason"] = t.Reason.String()
		c.line(l)
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		if len(r.Copies) == 0 {
			c.line(about("row").row(r))
		}
		for j := range r.Copies {
			c.line(about("row").row(r).copy(&r.Copies[j]))
		}
	}
	for i := range t.Unlisted {
		c.line(about("unlisted").copy(&t.Unlisted[i]))
	}
}

func (l csvLine) row(r *result.RowResult) csvLine {
	l["name"], l["row_path"], l["platform"] = r.Name, r.Path, string(r.Platform)
	l["expected_version"], l["expected_size"], l["expected_modified"] = r.Version.String(), plainSize(r.Size), r.Modified
	l["verdict"], l["reason"] = string(r.Verdict), r.Reason.String()
	l["expected_md5"], l["expected_sha256"] = r.MD5, r.SHA256
	var others []string
	for _, a := range r.Alternatives {
		others = append(others, strings.TrimSpace(a.Version.String()+" "+plainSize(a.Size)))
	}
	l["alternatives"], l["delivered_by"] = strings.Join(others, "; "), strings.Join(r.DeliveredBy, "; ")
	return l
}

func (l csvLine) copy(c *result.CopyResult) csvLine {
	l["path"], l["version"], l["size"] = c.Path, c.Version.String(), strconv.FormatInt(c.Size, 10)
	l["modified"], l["copy_platform"], l["copy_verdict"] = c.Modified, c.Platform, string(c.Verdict)
	l["notes"] = result.Words(c.Notes, "; ")
	l["md5"], l["sha256"] = c.MD5, c.SHA256
	return l.signature(&c.Signature)
}

func (l csvLine) signature(s *result.Signature) csvLine {
	l["signature"], l["signer"], l["signed_at"], l["signature_algorithm"] = string(s.Status), s.Signer, s.Time, s.Algorithm
	l["signature_detail"], l["trust"] = strings.Join(nonEmpty(s.Detail, s.Distrust), "; "), s.Trust
	if s.Stamped {
		l["stamped"] = "yes"
	}
	return l
}

// plainSize gives a row's size as programs read it: digits, or a rounded text.
func plainSize(size result.Size) string {
	if n, exact := size.Exact(); exact {
		return strconv.FormatInt(n, 10)
	}
	return size.Text()
}

// formulaStarts are the characters with which a spreadsheet's formulas begin;
// where Chinese or Japanese is written, the wide ones are taken for the same.
const formulaStarts = "=+-@\t\r＝＋－＠"

// guardFormula keeps a spreadsheet from running a cell that begins like a
// formula: an apostrophe in front makes it text.
func guardFormula(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + cell
	}
	return cell
}

// WriteCSV writes any other lines with the same care.
func WriteCSV(w io.Writer, header []string, rows [][]string) error {
	c := csv.NewWriter(w)
	_ = c.Write(header) // kept for Error
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = guardFormula(visible.Text(cell))
		}
		_ = c.Write(cells)
	}
	c.Flush()
	return c.Error()
}
