package cells

import (
	"fmt"
	"strings"

	"kbverify/manifest/kb/findings"
	"kbverify/manifest/kb/headings"
	"kbverify/manifest/kb/lines"
	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// Decoys are tables of files that nobody is to install: those that a problem
// affects, that an update removes, that a command listed. Their rows look like any
// others; the sentence that introduces them tells.

// decoy is a sort of table that is none to install, and how a sentence in lower case
// says so.
type decoy struct {
	what string
	wording
}

var decoys = []decoy{
	{
		"a list of files that a problem affects",
		wording{[]string{"affect", "occur", "exist", "happen", "vulnerable", "problem", "issue"},
			pattern.New(`\b(?:is|are|be|were) (?:affected|vulnerable)\b|\baffects? (?:the following|these)\b|` +
				`\baffected (?:files|versions)\b|\b(?:files|versions) affected\b|` +
				`\b(?:problem|issue|error|bug|behaviou?r|leak|vulnerability) (?:can |may |might |only )*` +
				`(?:occurs?|exists?|happens?) (?:only )?(?:if|when|with|in|on) .*\b(?:the following|these)\b|` +
				`\b(?:has|have) (?:the|this) (?:problem|issue)\b`)},
	},
	{
		"a list of files to remove",
		wording{[]string{"remov", "delet"},
			pattern.New(`\b(?:removes?|deletes?) (?:the following|these)\b|\b(?:is|are|be) (?:removed|deleted)\b|` +
				`(?m:^)(?:(?:removed|deleted) files|files (?:removed|deleted|to (?:remove|delete)))\b`)},
	},
	{
		"a list of files that must be there before",
		wording{[]string{"must", "before", "prerequisite", "require"},
			pattern.New(`\bmust already be\b|\bbefore (?:you|the|this)\b.* must\b|\bmust\b.* before (?:you|the|this)\b|` +
				`\bpresent before (?:you|the|this)\b|\brequires? (?:the following|these) versions\b|(?m:^)prerequisites?\b`)},
	},
	{
		"a list of the files from before the fix",
		// Previous versions are taken, as a reference.
		wording{[]string{"original", "old", "before", "rtm ", "you ", "unpatched"},
			pattern.New(`(?m:^)(?:(?:this|these|here) (?:is|are) )?(?:the )?(?:originals?|old|older|rtm version|unpatched)\b|` +
				`\bwith the originals?\b|\boriginally shipped\b|(?m:^)(?:files )?before\b[^,\n]*$|` +
				`(?m:^)(?:if )?you (?:already |may |might )*have (?:the following|these)\b`)},
	},
	{
		"a list of files that something was tested with",
		wording{[]string{"test"},
			pattern.New(`\btested\b.* with (?:the following|these)\b|\b(?:the following|these)\b.* for test(?:s|ing)\b`)},
	},
	{
		"a list of files that are not to be installed",
		wording{[]string{"not "},
			pattern.New(`\bdo not (?:install|use)\b|\b(?:is|are) not (?:changed|updated|replaced)\b`)},
	},
	{
		"a list of builds",
		wording{[]string{"builds", "history"},
			pattern.New(`\blists? (?:the |all )?(?:known )?builds\b|\b(?:build|version) history\b`)},
	},
	{
		commandOutput,
		wording{[]string{"command", "output", "dir", "ls ", "ftp", "filever", "wmic", "get-"},
			pattern.New(`\b(?:dir|ls|ftp|filever|wmic|get-\w+)(?: command)? (?:shows|lists|displays|prints|returns)\b|` +
				`\boutput of (?:the|dir|ls|filever|wmic|get-\w+)\b|\bsample output\b`)},
	},
	{
		"a list of what was loaded, or a log",
		wording{[]string{"loaded", " log", "walker", "module "},
			pattern.New(`\b(?:symbols|modules|dlls|drivers|files) (?:that )?(?:(?:is|are|was|were) )?loaded\b|` +
				`\bdependency walker\b|\bloaded (?:the following |these )?(?:symbols|modules?|dlls|drivers)\b|` +
				`\b(?:error|event|dr\. watson) log\b|\bmodule +(?:file|version|size|base|path|address)\b`)},
	},
}

// commandOutput is what stands below a prompt, or below words about a command.
const commandOutput = "what a command printed"

var (
	// prompt is a line that begins with the prompt of a command.
	prompt = pattern.New(`^(?:PS )?[A-Za-z]:\\[^<>|]*> ?\S`)
	// fixes is how a sentence announces the files of a fix, whatever else it says.
	fixes = pattern.New(`\b(?:fix|hotfix|hotfixes|fixes|update|patch|package|service pack|correction)\b.* ` +
		`(?:contains?|installs|includes?|ha(?:s|ve) (?:the|these)|adds|provides|replaces|updates)\b|\binstalls\b|` +
		`\b(?:fix|hotfix|update|patch|service pack) (?:\S+ )?is (?:already |correctly )?installed\b|` +
		`\bafter (?:you|the|this|install)|\b(?:corrected|fixed|resolved)\b|` +
		`\b(?:is|are|was|were) (?:updated|replaced|overwritten|changed)\b|` +
		`\b(?:updated?|fixed|newer) (?:files?|versions?)\b`)
	sentenceEnd = pattern.New(`[.!?]\s+[A-Z"]`)
)

// labels are the headings of columns that no table of files to install has.
var labels = map[string]string{"module": "a list of loaded modules", "event id": "an event log"}

// introduction is the sentence that directly introduces what begins at line i: the
// end of the paragraph above, back to the table before it or the heading of a
// section. command: a prompt stands in one of the last lines.
func (r *reader) introduction(i int) (sentence string, command bool) {
	const most = 3 // lines
	for n, apart := 0, true; i > max(r.end, r.passed) && n < most; n++ {
		below := i
		i--
		l := &r.page[i]
		for l.Text == "" && i > max(r.end, r.passed) {
			apart = apart || !l.Rule
			i--
			l = &r.page[i]
		}
		if l.Text == "" || len(l.Text) > lines.LongestRow {
			break
		}
		if command = strings.Contains(l.Text, `:\`) && prompt().MatchString(l.Text); command {
			break
		}
		if !apart || sentence == "" {
			sentence = strings.TrimSpace(l.Text + " " + sentence)
		} else if !short(sentence) {
			break
		} else {
			sentence = l.Text + "\n" + sentence
		}
		heads := i+2 == below && !l.Head // a rule between headings and rows
		if apart = false; r.page.section(i) && !heads {
			break
		}
	}
	if ends := sentenceEnd().FindAllStringIndex(sentence, -1); len(ends) > 0 {
		sentence = sentence[ends[len(ends)-1][1]-1:]
	}
	return sentence, command
}

// section: line i is the heading of a section, marked or underlined.
func (p page) section(i int) bool {
	blank := func(l *lines.Line) bool { return l.Text == "" && !l.Rule }
	return p[i].Head || p[i].Cells == nil && i+1 < len(p) && p[i+1].Rule && (i == 0 || blank(&p[i-1]))
}

// short: a few words, such as a platform, or headings that are not known, which
// introduce nothing alone.
func short(text string) bool {
	const few = 3
	return len(strings.Fields(text)) <= few || strings.HasPrefix(text, "Module ")
}

// decoy says what the table at line i with these columns is, where it is none to
// install; else "".
func (r *reader) decoy(i int, cols []headings.Column) string {
	sentence, command := r.introduction(i)
	alone := sentence == "" && !command || values.Processor(strings.Trim(sentence, " :"))
	if alone && r.passed > 0 && r.passed >= r.end {
		return r.why // goes on under another header, for another platform
	}
	lower, what := strings.ToLower(sentence), ""
	if command {
		what = commandOutput
	}
	for _, c := range cols {
		if what == "" {
			what = labels[strings.ToLower(strings.TrimSpace(c.Label))]
		}
	}
	for i := 0; i < len(decoys) && what == ""; i++ {
		if d := &decoys[i]; d.in(lower, lower) {
			what = d.what
		}
	}
	if what == "" || attributes.in(sentence) || fixes().MatchString(lower) {
		return ""
	}
	return what
}

// ask says what the table is, where it is none to install; else "".
func (r *reader) ask(t *draft) string {
	if !t.asked {
		t.asked, t.decoy = true, r.decoy(t.First, t.Cols)
	}
	return t.decoy
}

// pass takes a table back that is a decoy, and reports it.
func (r *reader) pass(t *draft, end int) bool {
	if r.ask(t) == "" {
		return false
	}
	first, last, more := t.Rows[0].Line, t.Rows[len(t.Rows)-1].Line, ""
	if n := len(t.Rows); n > 1 {
		more = fmt.Sprintf(" and what follows, %d lines up to line %d,", n, last)
	}
	r.fs.AddMany(first, last, len(t.Rows), findings.NotTaken, false,
		"%s%s is %s by what stands above it, no table to install", findings.Quote(t.Rows[0].Text), more, t.decoy)
	r.rows -= len(t.Rows)
	r.passed, r.why, r.anchor = end, t.decoy, nowhere
	return true
}
