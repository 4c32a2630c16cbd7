package report

import (
	"fmt"
	"strings"

	"kbverify/pecheck/result"
)

// maxWrong is how many wrong files of one hotfix stand below it without -v.
const maxWrong = 12

// evidence gives the lines beside one hotfix: what speaks for its state, where
// it is partial or undecidable what is wrong, and what others have to do with it.
func (d *detectWriter) evidence(t *result.TableResult, width int) []string {
	lines := wrapText(evidenceOf(t), width)
	add := func(text string) {
		const indent = "  "
		for i, line := range wrapText(text, width-len(indent)) {
			if i > 0 {
				line = indent + line
			}
			lines = append(lines, line)
		}
	}
	if t.State == result.Partial || t.State == result.Undecidable || d.Verbose {
		wrong := items(t, false)
		shown := wrong
		if len(wrong) > maxWrong && !d.Verbose {
			shown = wrong[:maxWrong]
		}
		for _, it := range shown {
			add(wrongLine(it))
		}
		if more := len(wrong) - len(shown); more > 0 {
			add(fmt.Sprintf("and %d more; -v lists them", more))
		}
	}
	for _, r := range t.Remarks {
		add(capital(r.String()))
	}
	return lines
}

// evidenceOf is one sentence: "11 of 13 files in place, Ccm.dll 2.0.1380.1125".
func evidenceOf(t *result.TableResult) string {
	sentence := Sentence(t)
	if t.State == result.NotInstalled && len(t.Reason) > 0 {
		return t.Reason.String()
	}
	if w := witness(t); w != nil && !firstRemarkIsOn(t, w) {
		sentence += ", " + w.String()
	}
	return sentence
}

// witness is the first versioned file that is as the table prints it, else one
// that is newer.
func witness(t *result.TableResult) *fileVersion {
	for _, v := range []result.Verdict{result.OK, result.Newer} {
		for i := range t.Rows {
			for _, c := range t.Rows[i].Copies {
				if t.Rows[i].Verdict == v && c.Verdict == v && !c.Version.IsZero() {
					return &fileVersion{t.Rows[i].Name, c.Version}
				}
			}
		}
	}
	return nil
}

// fileVersion is a file that was found.
type fileVersion struct {
	name    string
	version result.Version
}

func (f *fileVersion) String() string { return f.name + " " + f.version.String() }

// firstRemarkIsOn reports that the line below begins with the same file.
func firstRemarkIsOn(t *result.TableResult, f *fileVersion) bool {
	return len(t.Remarks) > 0 && t.Remarks[0].Kind == result.IsFrom &&
		t.Remarks[0].Name == f.name && t.Remarks[0].Version == f.version
}

// wrongLine says in one sentence what is wrong with one file: "older: Ccm.dll
// (x86) 2.0.1380.1000, expected 2.0.1380.1125 (bin/i386/Ccm.dll)".
func wrongLine(it item) string {
	text := word(it.verdict) + ": " + it.name
	switch it.verdict {
	case result.Missing:
	case result.WrongSize:
		text += " " + it.hasSize + ", expected " + it.wantSize
	case result.WrongPlatform:
		text += " for " + it.hasPlatform
	case result.Older:
		text += " " + it.hasVersion + ", expected " + it.wantVersion
	}
	if it.path != "" {
		text += " (" + it.path + ")"
	}
	if it.verdict == result.Unreadable || it.verdict == result.Unverified {
		text += ": " + strings.Join(it.notes, "; ")
	}
	return text
}
