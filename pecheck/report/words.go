package report

import (
	"fmt"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/result"
)

// word gives a verdict as people read it.
func word(v result.Verdict) string { return strings.ReplaceAll(string(v), "-", " ") }

// StateWord gives a state as people read it.
func StateWord(s result.State) string {
	return strings.ToUpper(strings.ReplaceAll(string(s), "-", " "))
}

// stateWord is that of a detection, which knows an unpacked package: its own state
// would be undecidable, or not installed.
func stateWord(t *result.TableResult) string {
	undecided := t.State == result.Undecidable && t.Harmless && t.Reason.Has(result.Unpacked)
	if undecided || t.State == result.NotInstalled && t.Reason.Has(result.UnpackedToo) {
		return unpackedWord
	}
	return StateWord(t.State)
}

const unpackedWord = "UNPACKED"

// title names the hotfix and its table: "KB977203 SP2".
func title(t *result.TableResult) string { return strings.TrimSpace(t.Hotfix + " " + t.Table) }

// Sentence says in plain words how a table stands, after its state: "11 of 13
// files in place, 1 unreadable".
func Sentence(t *result.TableResult) string {
	n := tally(t)
	switch {
	case len(t.Rows) == 0, n.applicable == 0:
		return t.Reason.String()
	case t.State == result.Absent && t.Reason.Has(result.OtherPlaces):
		return fmt.Sprintf("none of its %s is at its place", plural(n.applicable, "file"))
	case t.State == result.Absent:
		return fmt.Sprintf("none of its %s is here", plural(n.applicable, "file"))
	}
	text := n.inPlace() + signatureFaults(t)
	if t.Reason.Has(result.OtherRelease) {
		text += ", but " + result.Reason{Kind: result.OtherRelease}.String()
	}
	for _, why := range t.Reason {
		switch why.Kind {
		case result.ContentsNotCompared:
			text += fmt.Sprintf(", the contents of %s not compared", manifest.Commas(int64(why.Count)))
		case result.ContentsNotRecorded:
			text += fmt.Sprintf(", the contents of %s not recorded", manifest.Commas(int64(why.Count)))
		case result.NotRecorded:
			text += fmt.Sprintf(", without %s that the record leaves out", plural(why.Count, "path"))
		case result.LeftOutOfIt:
			text += fmt.Sprintf(", without %s that this manifest leaves out", plural(why.Count, "file"))
		}
	}
	switch t.State {
	case result.Undecidable:
		return t.Reason.String() + "; " + text
	case result.Superseded:
		return "newer files are here; " + text
	}
	return text
}

// saysWhy reports that Sentence gives the whole reason of the state.
func saysWhy(t *result.TableResult) bool {
	bare := tally(t).applicable == 0
	absent := t.State == result.Absent && len(t.Reason) == 1 && t.Reason.Has(result.NothingHere)
	return bare || absent || t.State == result.Undecidable || t.State != result.Absent && len(t.Reason) == 1 &&
		t.Reason.Has(result.OtherRelease)
}

// counts are the rows of a table by what they count as.
type counts struct{ applicable, pass, newer, beside, changed, missing, extra, unverified, unreadable int }

func tally(t *result.TableResult) (n counts) {
	for i := range t.Rows {
		v := t.Rows[i].Verdict
		switch {
		case v == result.NotApplicable:
			continue
		case v == result.Extra:
			n.extra++
			continue
		case v == result.Changed:
			n.changed++
		case v == result.Missing && t.Match == manifest.Exactly:
			n.missing++
		case v == result.Unverified:
			n.unverified++
		case v == result.Newer:
			n.newer++
		}
		switch v.Class() {
		case result.Pass:
			n.pass++
		case result.Trouble:
			n.unreadable++
		case result.Fail:
			if t.Rows[i].Reason.Has(result.GoodElsewhere) {
				n.beside++
			}
		}
		n.applicable++
	}
	return n
}

func (n counts) inPlace() string {
	text := fmt.Sprintf("%s of %s in place", manifest.Commas(int64(n.pass)), plural(n.applicable, "file"))
	for _, part := range []struct {
		n    int
		word string
	}{{n.newer, "newer"}, {n.beside, "beside a stale copy"}, {n.changed, "changed"},
		{n.missing, "missing"}, {n.extra, "extra"}, {n.unverified, "unverified"}, {n.unreadable, "unreadable"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %s %s", manifest.Commas(int64(part.n)), part.word)
		}
	}
	return text
}

// plural counts things: "1 file", "2,048 files", "3 hotfixes".
func plural(n int, thing string, many ...string) string {
	switch {
	case n == 1:
	case len(many) > 0:
		thing = many[0]
	default:
		thing += "s"
	}
	return manifest.Commas(int64(n)) + " " + thing
}

// sizeText gives a row's size as people read it: "285,032 bytes" or "143 KB".
func sizeText(size result.Size) string {
	if n, exact := size.Exact(); exact {
		return manifest.Counted(n, "byte", "bytes")
	}
	return size.Text()
}

// capital begins a sentence.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// when says when and where something was taken: "2010-02-03 04:05:06 to 04:05:09 UTC
// on SRV1"; "" where nothing is known.
func when(t result.Taken) string {
	if t.Start.IsZero() {
		return ""
	}
	text := t.Start.UTC().Format(time.DateTime)
	switch end := t.End.UTC(); {
	case t.End.IsZero(), t.End.Equal(t.Start):
	case end.Format(time.DateOnly) == t.Start.UTC().Format(time.DateOnly):
		text += " to " + end.Format(time.TimeOnly)
	default:
		text += " to " + end.Format(time.DateTime)
	}
	if text += " UTC"; t.Host != "" {
		text += " on " + t.Host
	}
	return text
}

// scanned says when and where the files of a root were read, if not in this run.
func (o *Options) scanned(r *result.RootResult) string {
	var text string
	if at := when(r.Taken); at != "" && (r.Taken.Host != o.Run.Host || r.Taken.Start.Before(o.Run.Start)) {
		text = ", read " + at
	}
	if r.Older > 0 {
		text += fmt.Sprintf(", the newest of %d results", r.Older+1)
	}
	return text
}

// timeText is a time as JSON has it.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
