package inventory

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scanWithEvery scans with every file system, and proves that all find the same.
func scanWithEvery(t *testing.T, root string, o Options) *Inventory {
	t.Helper()
	var first *Inventory
	for name, d := range disks {
		o.disk = d
		inv := mustScan(t, root, o)
		if first == nil {
			first = inv
		}
		if diff := cmp.Diff(first, inv); diff != "" {
			t.Errorf("%s finds something else:\n%s", name, diff)
		}
	}
	return first
}

// outcomes gives path, ending and detail of every file.
func outcomes(inv *Inventory) []string {
	var out []string
	for _, f := range inv.Files {
		out = append(out, strings.TrimSpace(f.Path+" "+string(f.Ending)+" "+f.Detail))
	}
	return out
}
