package kb

// kind is what a cell is.
type kind int

const (
	nameKind kind = iota
	versionKind
	sizeKind
	dateKind
	timeKind
	platformKind
	noteKind  // another column: service branch, folder, language of the file
	groupKind // a column that tells groups of rows apart: their source
	hashKind
	kinds       // how many there are
	noKind kind = -1
)

var kindNames = [kinds]string{"name", "version", "size", "date", "time", "platform", "note", "group", "hash"}

func (k kind) String() string {
	if k < 0 || k >= kinds {
		return "nothing"
	}
	return kindNames[k]
}

// column is one column of a table: what it holds, and what its header says.
type column struct {
	kind  kind
	label string
}

// cells is what one row prints, by kind.
type cells [kinds]string
