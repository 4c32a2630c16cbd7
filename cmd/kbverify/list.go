package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/manifest/catalog"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

var listCommand = command{
	name:    "list",
	args:    "[FLAGS] [WORD...]",
	summary: "the catalogue, or what is found in it",
	about: "Lists the hotfixes of the catalogue in which every WORD is found: in the id, the\n" +
		"title, the product, a table's name or a file's. A WORD that looks like a file\n" +
		"name finds the hotfixes that deliver the file: list ccm.dll, list \"*.msp\".\n" +
		"Exit code 1 says that nothing was found.",
	new: func() action { return &listAction{} },
}

type listAction struct {
	catalogFlag
	outputFlags
}

func (l *listAction) flags(fs *pflag.FlagSet) {
	l.catalogFlag.flags(fs)
	l.outputFlags.flags(fs)
}

func (l *listAction) run(s *session, words []string) (result.Exit, error) {
	collectLate()
	c, err := l.openCatalog(s)
	if err != nil {
		return 0, err
	}
	found, err := c.Search(words)
	if err != nil {
		return 0, err
	}
	t, err := tool(c)
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		s.note("list: no hotfix of the catalogue has %s", strings.Join(words, " and "))
	}
	if err := l.write(s, listing{t, found}); err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return result.ExitFail, nil
	}
	return result.ExitPass, nil
}

// listing is the JSON form of a list.
type listing struct {
	Tool     result.Tool     `json:"tool"`
	Hotfixes []catalog.Entry `json:"hotfixes"`
}

func (l *listAction) write(s *session, list listing) error {
	out, err := l.outputFlags.create(s, nil)
	if err != nil {
		return err
	}
	defer out.discard()
	switch l.format.format {
	case report.JSON:
		err = report.WriteJSON(out, list)
	case report.CSV:
		err = list.csv(out)
	default:
		err = list.table(out, l.look(out.terminal))
	}
	if err != nil {
		return writeError(err)
	}
	return out.commit()
}

func (l listing) csv(out *output) error {
	var rows [][]string
	for _, e := range l.Hotfixes {
		rows = append(rows, []string{e.ID, e.Product, tables(e), strconv.Itoa(e.Files()), e.Title,
			strings.Join(e.Names, "; "), e.Own})
	}
	return report.WriteCSV(out, []string{"id", "product", "tables", "files", "title", "names", "file"}, rows)
}

// table groups the hotfixes by product, so that a title has room.
func (l listing) table(out *output, look report.Options) error {
	g := report.NewListing(out, look, 3, "HOTFIX", "TABLES", "FILES", "TITLE")
	var products []string
	rows := map[string][][]string{}
	for _, e := range l.Hotfixes {
		if rows[e.Product] == nil {
			products = append(products, e.Product)
		}
		rows[e.Product] = append(rows[e.Product], listRow(e))
	}
	for _, p := range products {
		g.Group(p, rows[p])
	}
	g.Line(fmt.Sprintf("%s, %s %s, catalogue %s", counted(len(l.Hotfixes), "hotfix", "hotfixes"), l.Tool.Name,
		l.Tool.Version, l.Tool.Catalog))
	return g.Err()
}

// widestTables is what the names of tables may take before they move below the
// title, so that one hotfix with many does not narrow all titles: "SP1, SP2".
const widestTables = 8

func listRow(e catalog.Entry) []string {
	names, title := tables(e), e.Title
	if len(names) > widestTables {
		title += "\n" + names
		names = counted(strings.Count(names, ", ")+1, "table", "tables")
	}
	return []string{e.ID, names, strconv.Itoa(e.Files()), title}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// tables names the tables that can be judged by.
func tables(e catalog.Entry) string {
	var names []string
	for _, t := range e.Tables {
		if t.Name != "" && !t.Reference {
			names = append(names, t.Name)
		}
	}
	return strings.Join(names, ", ")
}
