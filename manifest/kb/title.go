package kb

import (
	"fmt"
	"strings"

	"kbverify/manifest"
)

// title says what the manifest is in facts: its first files, the product, and
// the service packs of its tables.
func title(m *manifest.Manifest) string {
	const named = 3
	var names []string
	seen := map[string]bool{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if key := manifest.NameKey(f.Name); !seen[key] && t.Reference == "" || !seen[key] && allReference(m) {
				seen[key] = true
				names = append(names, f.Name)
			}
		}
	}
	text := files(names, named)
	if m.Product != unknownProduct {
		text += " for " + shortProduct(m.Product)
	}
	if packs := packsOf(m); packs != "" {
		text += " " + packs
	}
	if len(text) > 200 {
		text = fmt.Sprintf("%d files for %s", len(names), shortProduct(m.Product))
	}
	if len(text) > 200 {
		text = fmt.Sprintf("%d files", len(names))
	}
	return text
}

func allReference(m *manifest.Manifest) bool {
	for _, t := range m.Tables {
		if t.Reference == "" {
			return false
		}
	}
	return true
}

func files(names []string, named int) string {
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= named:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	case n == named+1:
		return strings.Join(names[:named], ", ") + " and one more file"
	default:
		return fmt.Sprintf("%s and %d more files", strings.Join(names[:named], ", "), n-named)
	}
}

// shortProduct uses the names that administrators use.
func shortProduct(product string) string {
	return strings.NewReplacer("Systems Management Server", "SMS", "System Center Configuration Manager", "Configuration Manager").Replace(product)
}

func packsOf(m *manifest.Manifest) string {
	var packs []string
	for _, t := range m.Tables {
		pack := lastMatch(servicePack, t.AppliesTo, "SP")
		if pack != "" && !strings.Contains(strings.Join(packs, " "), pack) {
			packs = append(packs, pack)
		}
	}
	return strings.Join(packs, " and ")
}
