package kb

// cellFollows: the line behind line j is a platform, or begins with a digit as a
// version, a size or a date does.
func (r *reader) cellFollows(j int) bool {
	next := r.nextLine(j)
	if next == len(r.lines) {
		return false
	}
	text := r.lines[next].text
	return digits(text) > 0 && len(text) <= 24 || platformQuality(text) == plainCost
}

// broken reports cells that go on behind the last row that could be read.
func (r *reader) broken(i int) {
	const few, near = 3, 8 // cells that are enough to say so, among so many lines
	n := 0
	for j, seen := i, 0; j < len(r.lines) && seen < near; j = r.nextLine(j) {
		text := r.lines[j].text
		for _, k := range []kind{dateKind, timeKind, versionKind, sizeKind} {
			if text != "" && digits(text) > 0 && quality(k, text) == plainCost {
				n++
				break
			}
		}
		seen++
	}
	if n >= few {
		r.findings.add(r.lines[i].no, NotTaken, true, "%s does not fit the columns; the cells from here on belong to no row", quote(r.lines[i].text))
	}
}
