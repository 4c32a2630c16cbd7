package manifest

import (
	"strings"
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

func TestNearest(t *testing.T) {
	ids := []string{"KB977203", "KB977384", "Q252717", "Q249077", "own-fix-2026"}
	for _, tt := range []struct {
		id   string
		n    int
		want []string
	}{
		{"977204", 5, []string{"KB977203", "KB977384"}}, // one digit of the first, two of the second
		{"977304", 5, []string{"KB977384", "KB977203"}},
		{"977304", 1, []string{"KB977384"}},
		{"977304", 0, nil},
		{"kb977230", 5, []string{"KB977203"}}, // two swapped
		{"Q97203", 5, []string{"KB977203"}},   // one left out
		{"9772033", 5, []string{"KB977203"}},  // one too many
		{"KB977203", 1, []string{"KB977203"}}, // none
		{"977", 5, nil},                       // too far
		{"own-fix-2062", 5, []string{"own-fix-2026"}},
		{strings.Repeat("9", 300), 5, nil}, // longer than any id: nobody's neighbour
	} {
		if diff := cmp.Diff(tt.want, Nearest(tt.id, ids, tt.n)); diff != "" {
			t.Errorf("Nearest(%.20q, %d) (-want +got)\n%s", tt.id, tt.n, diff)
		}
	}
}

func TestLongerThanAnyIDIsNearToNone(t *testing.T) {
	longest := strings.Repeat("x", longestID)
	if got := Nearest(longest[1:], []string{longest}, 1); len(got) != 1 {
		t.Errorf("%d letters of %d: %q", longestID-1, longestID, got)
	}
	if got := Nearest(longest+"x", []string{longest}, 1); len(got) != 0 {
		t.Errorf("%d letters: %q", longestID+1, got)
	}
}

func TestEditDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"977203", "977230", 2},
		{"flaw", "lawn", 2},
	} {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := editDistance(tt.b, tt.a); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
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
