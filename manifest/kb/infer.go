package kb

// How many rows under a header are looked at to learn what a column holds.
const rowsToInfer = 50

// inferred is the order in which a column with an unknown heading is tried:
// the kinds that can hardly be anything else come first.
var inferred = []kind{dateKind, timeKind, versionKind, sizeKind, platformKind}

// infer gives columns under headings that are not known the kind that all of
// their cells have, where no other column has it, and reports that. Without it a
// heading in an unknown language would make a note of the version, and nothing
// would be compared.
func (r *reader) infer(i int, cols []column) []column {
	if r.lines[i].cells == nil {
		return cols
	}
	has := map[kind]bool{}
	for _, c := range cols {
		has[c.kind] = true
	}
	for at, c := range cols {
		if _, known := headerWords[fold(c.label)]; known || c.kind != noteKind {
			continue
		}
		k := r.kindOf(i, at, len(cols), has)
		if k == noKind {
			continue
		}
		has[k], cols[at].kind = true, k
		r.findings.add(r.lines[i].no, Ambiguous, true, "the heading %s is not known; every cell below it can be a %s, and is read as one", quote(c.label), k)
	}
	return cols
}

// kindOf is the kind that every cell of column at has in the rows under line
// i, other than those that the table has; noKind where there is none.
func (r *reader) kindOf(i, at, width int, has map[kind]bool) kind {
	possible := map[kind]bool{}
	for _, k := range inferred {
		possible[k] = !has[k]
	}
	rows := 0
	for j := i + 1; j < len(r.lines) && rows < rowsToInfer; j++ {
		l := &r.lines[j]
		if l.text == "" {
			continue
		}
		if len(l.cells) != width || cellHeader(l.cells) != nil {
			break
		}
		if isNotApplicable(l.cells[at]) {
			continue
		}
		rows++
		for _, k := range inferred {
			q := quality(k, l.cells[at])
			possible[k] = possible[k] && (q == plainCost || q == unusualCost && k == sizeKind)
		}
	}
	for _, k := range inferred {
		if possible[k] && rows > 0 {
			return k
		}
	}
	return noKind
}
