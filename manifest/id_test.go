package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIDKey(t *testing.T) {
	for id, want := range map[string]string{
		"977203": "977203", "KB977203": "977203", "kb977203": "977203", "Q977203": "977203", "q977203": "977203",
		"\tKb977203 ": "977203",
		"Q99999":      "99999", "KB4527177": "4527177",
		"1234": "1234", "KB1234": "KB1234", "KB12345678": "KB12345678", // no article numbers
		"KBQ977203": "KBQ977203", "QQ977203": "QQ977203", "KB 977203": "KB 977203", "own-fix": "OWN-FIX", "": "",
	} {
		if got := IDKey(id); got != want {
			t.Errorf("IDKey(%q) = %q, want %q", id, got, want)
		}
	}
}

// The spelling of an id does not count.
func TestNearest(t *testing.T) {
	ids := []string{"KB977203", "KB977384", "Q252717", "Q249077", "own-fix-2026"}
	for id, want := range map[string][]string{
		"977204": {"KB977203", "KB977384"}, "kb977230": {"KB977203"}, "Q97203": {"KB977203"}, "kb25271": {"Q252717"},
		"OWN-FIX-2062": {"own-fix-2026"}, "": nil,
	} {
		if diff := cmp.Diff(want, Nearest(id, ids, 5)); diff != "" {
			t.Errorf("Nearest(%q) (-want +got)\n%s", id, diff)
		}
	}
}

func TestTableIsFoundByName(t *testing.T) {
	m := &Manifest{Tables: []Table{{Name: "SP1"}, {Name: "SP2"}}}
	for name, want := range map[string]string{"SP2": "SP2", "sp1": "SP1", "SP3": "", "": ""} {
		got := ""
		if table := m.Table(name); table != nil {
			got = table.Name
		}
		if got != want {
			t.Errorf("Table(%q) is %q, want %q", name, got, want)
		}
	}
}

func TestValidModified(t *testing.T) {
	for text, want := range map[string]bool{
		"2010-02-01": true, "2010-02-01T13:40": true, "2010-02-01T13:40:59": true, "2008-02-29": true,
		"1999-12-31T23:59": true,
		"":                 false, "2010": false, "2010-02": false, "2010-2-1": false, "2010-02-30": false, "2009-02-29": false,
		"2010-13-01": false, "2010-00-10": false,
		"2010-02-01T24:00": false, "2010-02-01T13:60": false, "2010-02-01T3:40": false, "2010-02-01 13:40": false,
		"2010-02-01t13:40":  false,
		"2010-02-01T13:40Z": false, "2010-02-01T13:40:59.5": false, "2010-02-01T13:40:5": false, "01-Feb-2010": false,
		"12/20/199": false, "+2010-02-01": false,
	} {
		if got := ValidModified(text); got != want {
			t.Errorf("ValidModified(%q) = %t", text, got)
		}
	}
}
