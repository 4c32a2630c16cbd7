package kb

import "slices"

// noteSet collects what an administrator should know about a manifest.
type noteSet struct{ all []string }

// add keeps a note once.
func (n *noteSet) add(text string) {
	if !slices.Contains(n.all, text) {
		n.all = append(n.all, text)
	}
}

// The notes that the importer itself makes.
const (
	noteNoProduct   = "The article prints versions without their product part; only the last two numbers are known, so a file that is newer cannot be told from one of another product."
	labelNote       = "The article prints the product's version or build in place of file versions; these are kept as printed and not compared."
	noteTextVersion = "The article prints versions for text files, which hold none; these are kept as printed and not compared."
	noteThousands   = "The article rounds its sizes to thousands of bytes; they are kept as printed and cannot be matched exactly."
)
