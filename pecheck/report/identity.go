package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// IdentityWriter takes what is known about files one by one.
type IdentityWriter interface {
	File(id result.Identity) error
	// Close ends the report; exit is the code the run ends with.
	Close(taken result.Taken, exit result.Exit) error
}

// NewIdentities starts a report about files.
func NewIdentities(w io.Writer, f Format, tool result.Tool, o Options) (IdentityWriter, error) {
	tool = cleaned(tool)
	switch f {
	case JSON:
		j, err := newJSONWriter(w, tool, "files", "")
		return identityJSON{j}, err
	case CSV:
		return newIdentityCSV(w, tool)
	}
	return &identityTable{l: NewListing(w, o, 0), tool: tool, o: o}, nil
}

type identityJSON struct{ *jsonWriter }

func (j identityJSON) File(id result.Identity) error { return writeElement(j.jsonWriter, id) }

// identityTable writes a paragraph a file.
type identityTable struct {
	l       *Listing
	tool    result.Tool
	o       Options
	unknown int // files of a folder that nobody asked about by name
}

func (t *identityTable) File(id result.Identity) error {
	if id.Root != "" && len(id.Matches) == 0 && id.Error == "" && !t.o.Verbose && !id.Signature.Fails() {
		t.unknown++
		return nil
	}
	heading := Path(id.Path)
	if id.Root != "" {
		heading += " (under " + Path(id.Root) + ")"
	}
	t.l.Line(heading)
	for _, line := range t.lines(&id) {
		t.l.Detail(line)
	}
	return t.l.Err()
}

func (t *identityTable) Close(taken result.Taken, _ result.Exit) error {
	if t.unknown > 0 {
		t.l.Line(fmt.Sprintf("Unknown: %s; no hotfix of the catalogue delivers files of their names (-v lists them)",
			plural(t.unknown, "more file")))
	}
	if !t.o.Quiet {
		t.l.Line(fmt.Sprintf("%s %s, catalogue %s", t.tool.Name, t.tool.Version, t.tool.Catalog))
	}
	return t.l.Err()
}

// lines say what the file is, then which rows it matches.
func (t *identityTable) lines(id *result.Identity) []string {
	var lines []string
	if id.Error != "" {
		lines = append(lines, "Not readable: "+id.Error)
	}
	if id.Error == "" || id.Size > 0 || id.Modified != "" {
		lines = append(lines, fileKind(id))
	}
	if id.StringVersion != "" {
		lines = append(lines, "Its FileVersion string says "+id.StringVersion)
	}
	for _, text := range []struct{ label, value string }{
		{"Product", id.Product}, {"Company", id.Company}, {"Description", id.Description},
	} {
		if text.value != "" {
			lines = append(lines, text.label+": "+text.value)
		}
	}
	if !id.Signature.IsZero() {
		lines = append(lines, "Signature: "+id.Signature.String())
	}
	return append(lines, t.matches(id)...)
}

// fileKind is "146,704 bytes, PE for x86, version 2.0.1380.1125, modified …".
func fileKind(id *result.Identity) string {
	parts := []string{plural(int(id.Size), "byte")}
	switch {
	case id.Format == "PE":
		parts = append(parts, "PE for "+id.Platform)
	case id.Format != "":
		parts = append(parts, string(id.Format)+", "+id.Platform)
	}
	switch {
	case !id.Version.IsZero():
		parts = append(parts, "version "+id.Version.String())
	case id.Format != "":
		parts = append(parts, "no version")
	}
	if id.Modified != "" {
		parts = append(parts, "modified "+id.Modified)
	}
	return strings.Join(parts, ", ")
}

// maxNamed is how many hotfixes that have the name alone are listed without -v.
const maxNamed = 5

func (t *identityTable) matches(id *result.Identity) []string {
	if len(id.Matches) == 0 {
		if id.Error != "" && id.Size == 0 {
			return nil
		}
		return []string{"Unknown: no hotfix of the catalogue delivers a file of this name"}
	}
	var lines, named, shown []string
	for i := range id.Matches { // the strongest first
		m := &id.Matches[i]
		switch {
		case m.How != result.ByName || t.o.Verbose:
			lines = append(lines, matchWords[m.How]+": "+matchText(m))
			shown = append(shown, m.Hotfix)
		case !slices.Contains(shown, m.Hotfix):
			named = append(named, m.Hotfix)
			shown = append(shown, m.Hotfix)
		}
	}
	if len(named) > 0 {
		lines = append(lines, "By the name alone: "+someOf(named, maxNamed))
	}
	return lines
}

var matchWords = map[result.How]string{
	result.ByEverything: "Exactly", result.ByVersion: "By name and version", result.ByName: "By the name alone",
}

// matchText is "Q252717 SP1, Ccm.dll (x86) 2.0.1380.1125, 143 KB".
func matchText(m *result.Match) string {
	name := m.Name
	if m.Platform != "" {
		name += " (" + string(m.Platform) + ")"
	}
	text := strings.TrimSpace(m.Hotfix+" "+m.Table) + ", " +
		strings.Join(nonEmpty(name+prefixed(" ", m.Version.String()), sizeText(m.Size)), ", ")
	if m.How != result.ByEverything {
		text += "; " + word(m.Verdict)
	}
	if m.Reference != "" {
		text += "; not a table of installed files: " + m.Reference
	}
	if len(m.Notes) > 0 {
		text += " (" + result.Words(m.Notes, "; ") + ")"
	}
	return text
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// someOf lists up to n words, and how many more there are.
func someOf(words []string, n int) string {
	if len(words) <= n {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %s more (-v lists them)", strings.Join(words[:n], ", "),
		manifest.Commas(int64(len(words)-n)))
}

// identityColumns: one line for each match of a file, and one for a file
// without matches, whose column "how" is "unknown".
var identityColumns = []string{
	"root", "path", "size", "modified", "format", "platform", "version", "string_version", "product", "company",
	"description", "error", "how", "hotfix", "table", "reference", "name", "row_platform", "row_version", "row_size",
	"verdict", "notes", "tool", "catalog",
	"signature", "signer", "signed_at", "stamped", "signature_algorithm", "signature_detail", "trust",
}

type identityCSV struct {
	w    *csv.Writer
	tool result.Tool
}

func newIdentityCSV(w io.Writer, tool result.Tool) (*identityCSV, error) {
	c := &identityCSV{csv.NewWriter(w), tool}
	return c, c.w.Write(identityColumns)
}

func (c *identityCSV) File(id result.Identity) error {
	id = cleaned(id)
	if len(id.Matches) == 0 {
		c.line(&id, &result.Match{How: "unknown"})
	}
	for i := range id.Matches {
		c.line(&id, &id.Matches[i])
	}
	return c.Close(result.Taken{}, result.ExitPass)
}

func (c *identityCSV) line(id *result.Identity, m *result.Match) {
	cells := []string{
		id.Root, id.Path, strconv.FormatInt(id.Size, 10), id.Modified, id.Format, id.Platform, id.Version.String(),
		id.StringVersion, id.Product, id.Company, id.Description, id.Error,
		string(m.How), m.Hotfix, m.Table, m.Reference, m.Name, string(m.Platform), m.Version.String(), plainSize(m.Size),
		string(m.Verdict), result.Words(m.Notes, "; "), c.tool.Name + " " + c.tool.Version, c.tool.Catalog,
	}
	s := csvLine{}.signature(&id.Signature)
	for _, column := range identityColumns[len(cells):] {
		cells = append(cells, s[column])
	}
	for i := range cells {
		cells[i] = guardFormula(cells[i])
	}
	_ = c.w.Write(cells) // kept for Close
}

func (c *identityCSV) Close(taken result.Taken, _ result.Exit) error {
	c.w.Flush()
	return c.w.Error()
}
