package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"kbverify/pecheck/result"
)

// identityColumns: one line for each match of a file, and one for a file
// without matches, whose column "how" is "unknown".
var identityColumns = []string{
	"root", "path", "size", "modified", "format", "platform", "version", "string_version", "product", "company", "description",
	"error", "how", "hotfix", "table", "reference", "name", "row_platform", "row_version", "row_size", "verdict", "notes", "tool", "catalog",
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
	return c.Close(result.ExitPass)
}

func (c *identityCSV) line(id *result.Identity, m *result.Match) {
	cells := []string{
		id.Root, id.Path, strconv.FormatInt(id.Size, 10), id.Modified, string(id.Format), id.Platform, id.Version.String(), id.StringVersion,
		id.Product, id.Company, id.Description, id.Error, string(m.How), m.Hotfix, m.Table, m.Reference, m.Name, string(m.Platform),
		m.Version.String(), plainSize(m.Size), string(m.Verdict), result.Words(m.Notes, "; "), c.tool.Name + " " + c.tool.Version, c.tool.Catalog,
	}
	for i := range cells {
		cells[i] = guardFormula(cells[i])
	}
	_ = c.w.Write(cells) // kept for Close
}

func (c *identityCSV) Close(result.Exit) error {
	c.w.Flush()
	return c.w.Error()
}
