package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/pecheck/result"
)

// released is the day of the release, set when it is linked as version is.
var released = ""

var manCommand = command{
	name:    "man",
	args:    "[COMMAND]",
	summary: "the manual page of the program, or of a command",
	about: "Prints a manual page, as man reads it: of the program, or of one COMMAND. It\n" +
		"says what help says, and is what a release has in man/man1.\n\n" +
		"  kbverify man verify | man -l -",
	new: func() action { return &manAction{} },
}

type manAction struct{}

func (a *manAction) flags(*pflag.FlagSet) {}

func (a *manAction) run(s *session, args []string) (result.Exit, error) {
	switch len(args) {
	case 0:
		return result.ExitPass, s.print(overviewPage())
	case 1:
		c, err := findCommand(args[0])
		if err != nil {
			return 0, err
		}
		return result.ExitPass, s.print(c.page())
	}
	return 0, usagef("want one COMMAND at most, found %d", len(args))
}

// page is a manual page while it is written, in the macros of man(7).
type page struct{ strings.Builder }

// title begins a page; name is that of the page, about the line that apropos finds.
func (p *page) title(name, about string) {
	fmt.Fprintf(p, ".TH %s 1 %q \"kbverify %s\" kbverify\n", strings.ToUpper(name), released, troff(toolVersion()))
	p.WriteString(".nh\n.ad l\n")
	p.section("NAME", troff(name)+` \- `+troff(about))
}

func (p *page) section(heading string, lines ...string) {
	fmt.Fprintf(p, ".SH %s\n", heading)
	for _, line := range lines {
		p.WriteString(line + "\n")
	}
}

// item is a term, in troff, and what it means, in plain text.
func (p *page) item(term, meaning string) {
	p.WriteString(".TP\n" + term + "\n" + troff(wrapped(meaning)) + "\n")
}

// wrapped breaks a text into lines of a length that people edit.
func wrapped(text string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+len(word) < 78:
			b.WriteString(" ")
		default:
			b.WriteString("\n")
			column = 0
		}
		b.WriteString(word)
		column += len(word) + 1
	}
	return b.String()
}

// text writes paragraphs of plain text; those that are indented stay as they are.
func (p *page) text(text string) {
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			p.WriteString(".PP\n")
		}
		if strings.HasPrefix(paragraph, " ") {
			p.WriteString(".nf\n" + troff(paragraph) + "\n.fi\n")
		} else {
			p.WriteString(troff(paragraph) + "\n")
		}
	}
}

// troff is a plain text as troff prints it, line for line.
func troff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\`", "^", `\(ha`, "~", `\(ti`).Replace(text)
	return controlLines.ReplaceAllString(text, `\&$0`)
}

// controlLines are those that troff would take for its own.
var controlLines = regexp.MustCompile(`(?m)^\.`)

func bold(text string) string   { return `\fB` + troff(text) + `\fR` }
func italic(text string) string { return `\fI` + troff(text) + `\fR` }

// synopsis sets a command's arguments: flags bold, what stands for something in italics.
func synopsis(name, args string) string {
	args = words.ReplaceAllStringFunc(args, func(word string) string {
		if strings.HasPrefix(word, "-") {
			return bold(word)
		}
		return italic(word)
	})
	return strings.TrimSpace(bold(name) + " " + args)
}

// words are the flags and the names of values in a line of usage.
var words = regexp.MustCompile(`--?[a-z]*|[A-Z]{2,}`)

// page is the command's manual page.
func (c command) page() string {
	p := &page{}
	p.title("kbverify-"+c.name, c.summary)
	p.section("SYNOPSIS", synopsis("kbverify "+c.name, c.args))
	p.section("DESCRIPTION")
	p.text(c.about)
	if fs := c.flagSet(c.new()); fs.HasFlags() {
		p.section("OPTIONS")
		fs.VisitAll(p.flag)
	}
	p.exitStatus()
	p.seeAlso(c.name)
	return p.String()
}

func (p *page) flag(f *pflag.Flag) {
	value, usage := pflag.UnquoteUsage(f)
	term := bold("--" + f.Name)
	if f.Shorthand != "" {
		term = bold("-"+f.Shorthand) + ", " + term
	}
	if value != "" {
		term += " " + italic(value)
	}
	if !slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
		usage += " (default " + f.DefValue + ")"
	}
	p.item(term, usage)
}

// overviewPage is kbverify(1).
func overviewPage() string {
	p := &page{}
	p.title("kbverify", "tells whether a hotfix is really there, file by file")
	p.section("SYNOPSIS", synopsis("kbverify", "COMMAND [FLAGS] [ARGUMENTS]"))
	p.section("DESCRIPTION")
	p.text("kbverify compares the files under a folder with the file table that Microsoft\n" +
		"published for a hotfix, and says file by file what is missing, older, the wrong\n" +
		"size or built for the wrong processor. It reads the files, and not what an\n" +
		"installer, the registry or the list of installed updates says of them. Nothing\n" +
		"under a folder that is checked is ever written.")
	p.section("COMMANDS")
	for _, c := range commands() {
		p.item(bold("kbverify-"+c.name)+"(1)", c.summary)
	}
	p.exitStatus()
	p.section("ENVIRONMENT")
	for _, e := range environment {
		p.item(bold(e.value), e.about)
	}
	p.section("EXAMPLES")
	p.text("Is the hotfix on this server?\n\n" +
		"  kbverify verify -k KB977203 /mnt/server/SMS\n\n" +
		"Which hotfixes are on it?\n\n" +
		"  kbverify detect /mnt/server/SMS\n\n" +
		"What may kbverify say? It builds a sample with planted faults, and judges it:\n\n" +
		"  kbverify demo")
	p.seeAlso("")
	return p.String()
}

func (p *page) exitStatus() {
	p.section("EXIT STATUS")
	for _, code := range exitCodes {
		p.item(bold(code.value), code.about)
	}
}

// seeAlso names the other pages.
func (p *page) seeAlso(command string) {
	var pages []string
	if command != "" {
		pages = append(pages, bold("kbverify")+"(1)")
	}
	for _, c := range commands() {
		if c.name != command {
			pages = append(pages, bold("kbverify-"+c.name)+"(1)")
		}
	}
	p.section("SEE ALSO", strings.Join(pages, ",\n"))
}
