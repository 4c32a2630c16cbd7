package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"kbverify/internal/patience"
	"kbverify/pecheck/estate"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// outputFlags say how and where a result is written.
type outputFlags struct {
	format formatFlag
	color  colorFlag
	file   string
	// inside allows a new inventory, or one in place of another, below the root: the scan
	// passes it over.
	inside bool
}

func (f *outputFlags) flags(fs *pflag.FlagSet) { f.flagsOf(fs, report.Formats) }

// endings are the formats that the ending of a file's name says.
var endings = map[string]report.Format{
	".html": report.HTML, ".htm": report.HTML, ".json": report.JSON, ".jsonl": report.JSONL, ".csv": report.CSV,
	".xml": report.JUnit, ".txt": report.Table,
}

// byEnding takes the format from the name of the file, where -f does not say it.
// An ending that says nothing leaves it as it is.
func (f *outputFlags) byEnding() error {
	ending := strings.ToLower(filepath.Ext(f.file))
	format := endings[ending]
	switch {
	case f.format.named, f.format.formats == nil, !slices.Contains(report.RootFormats, format):
		return nil
	case !slices.Contains(f.format.formats, format):
		return usagef("-o %s: this result comes as %s; choose one with -f, or another ending than %s", quote(f.file),
			report.Names(f.format.formats), ending)
	}
	f.format.format = format
	return nil
}

// flagsOf is for results that come in other formats than most.
func (f *outputFlags) flagsOf(fs *pflag.FlagSet, formats []report.Format) {
	f.format = formatFlag{format: report.Table, formats: formats}
	fs.VarP(&f.format, "format", "f", "write the result as "+report.Names(formats))
	choose(fs, "format", formats...)
	f.fileFlag(fs)
	fs.Lookup("output").Usage += "; without -f its ending chooses the format"
	f.color = colorAuto
	fs.Var(&f.color, "color", "colour the table `WHEN`: auto (on a terminal, unless NO_COLOR is set; FORCE_COLOR also "+
		"in a pipe), always or never")
	choose(fs, "color", colors...)
}

func (f *outputFlags) fileFlag(fs *pflag.FlagSet) {
	fs.StringVarP(&f.file, "output", "o", "", "write the result to `FILE` instead of standard output")
}

// output takes a result. With -o it is a temporary file beside the one that is
// meant, which takes its place when the result is whole: whoever reads the file
// finds the old result or the new one.
type output struct {
	*bufio.Writer
	terminal io.Writer // what the result appears on, for its looks
	temp     *os.File  // nil when writing goes straight to its end
	target   string
}

// onlyInventory keeps a scan from replacing a file of the root that is none of ours.
func (f *outputFlags) onlyInventory(s *session, target string) error {
	ours, err := patience.Wait(s.ctx, func() (bool, error) {
		_, err := os.Lstat(target)
		return errors.Is(err, fs.ErrNotExist) || inventory.SniffFile(target), nil
	}, nil)
	switch {
	case err != nil:
		return errInterrupted
	case !ours:
		return fmt.Errorf("-o %s: is there already and no inventory, and nothing else below the root is ever "+
			"replaced; choose another name", quote(f.file))
	}
	return nil
}

// seen reports that an error in the result needs no other message: the result is on a
// terminal, or goes where the messages go.
func (o *output) seen(s *session, format report.Format) bool {
	_, terminal := terminalOf(o.terminal)
	return terminal && format == report.Table || sameFile(o.terminal, s.stderr)
}

// complain repeats on stderr what is wrong with a root, unless the result is before the
// reader's eyes.
func (o *output) complain(s *session, command string, format report.Format, r *result.RootResult) {
	if format == report.Nagios { // whose callers may take stderr for the first line
		return
	}
	if r.Error != "" && !o.seen(s, format) {
		s.note("%s: %s", command, r.Error)
	}
}

func sameFile(a, b io.Writer) bool {
	first, ok := a.(*os.File)
	second, too := b.(*os.File)
	if !ok || !too {
		return false
	}
	one, err := first.Stat()
	two, other := second.Stat()
	if errors.Join(err, other) != nil || runtime.GOOS == "windows" && !one.Mode().IsRegular() {
		return false // Windows numbers files, and no pipes
	}
	return os.SameFile(one, two)
}

// own are the files that the output consists of while it is written and afterwards.
func (o *output) own() *inventory.Own {
	if o.temp == nil {
		return nil
	}
	return &inventory.Own{Folder: filepath.Dir(o.target), Names: []string{filepath.Base(o.temp.Name()),
		filepath.Base(o.target)}}
}

// toStdout: no file is named, or "-", which is none here either.
func (f *outputFlags) toStdout() bool { return f.file == "" || f.file == "-" }

// create begins the output. Nothing may be written below the roots, but for an inventory.
func (f *outputFlags) create(s *session, roots []string) (*output, error) {
	if err := f.byEnding(); err != nil {
		return nil, err
	}
	if f.toStdout() {
		return &output{Writer: bufio.NewWriter(s.stdout), terminal: s.stdout}, nil
	}
	if why := unnameable(f.file); why != "" && !strings.EqualFold(f.file, os.DevNull) {
		return nil, fmt.Errorf("-o %s: %s", quote(f.file), why)
	}
	target := resolve(f.file)
	roots = slices.DeleteFunc(slices.Clone(roots), func(root string) bool { return root == standardInput })
	root, err := placeOf(target).belongsTo(s.ctx, roots)
	if err != nil {
		return nil, err
	}
	switch {
	case root == "":
	case f.inside:
		if err := f.onlyInventory(s, target); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("-o %s: belongs to the root %s, where nothing is ever written; choose another place",
			quote(f.file), quote(root))
	}
	// A pipe that nobody reads, or a share that is gone, is waited for as long as the user likes.
	out, err := patience.Wait(s.ctx, func() (*output, error) { return f.open(target) }, (*output).discard)
	if s.ctx.Err() != nil {
		return nil, errInterrupted
	}
	return out, err
}

func (f *outputFlags) open(target string) (*output, error) {
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("-o %s: is a folder; name a file", quote(f.file))
	case err == nil && !info.Mode().IsRegular(): // a device or a pipe cannot be replaced
		return openThrough(target)
	}
	temp, err := os.CreateTemp(filepath.Dir(target), ".kbverify-*")
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", quote(f.file), cause(err))
	}
	return &output{Writer: bufio.NewWriter(temp), terminal: temp, temp: temp, target: target}, nil
}

func openThrough(target string) (*output, error) {
	file, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("-o %s: %w", quote(target), cause(err))
	}
	return &output{Writer: bufio.NewWriter(file), terminal: file}, nil
}

// commit ends the output. Only after it has succeeded is the result written.
func (o *output) commit() error {
	err := o.Flush()
	if o.temp == nil {
		return writeError(err)
	}
	err = errors.Join(err, o.temp.Chmod(fileMode(o.target)), o.temp.Sync(), o.temp.Close())
	if err == nil {
		err = os.Rename(o.temp.Name(), o.target)
	}
	if err != nil {
		os.Remove(o.temp.Name())
	}
	o.temp = nil
	return writeError(err)
}

// discard drops what has not been committed.
func (o *output) discard() {
	if o.temp != nil {
		o.temp.Close()
		os.Remove(o.temp.Name())
	}
}

// fileMode is that of the file to be replaced, or of a new one.
func fileMode(target string) os.FileMode {
	if info, err := os.Stat(target); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// writeError says what is wrong with the output.
func writeError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the result is not complete: %w", cause(err))
}

// cause is err without the raw path that package os puts in front, and without
// the full stop of Windows' reasons.
func cause(err error) error {
	pe, le := (*os.PathError)(nil), (*os.LinkError)(nil)
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	if text, stop := strings.CutSuffix(err.Error(), "."); stop {
		return errors.New(text)
	}
	return err
}

// quote puts a text into quotation marks, fit to be shown.
func quote(text string) string { return visible.Quote(text) }

// place is where a result is to be written: the file itself where there is one,
// its folder, and every folder above.
type place struct {
	path    string
	lineage []fs.FileInfo
	stat    func(path string) (fs.FileInfo, error)
}

func placeOf(target string) place {
	p := place{path: target, stat: os.Stat}
	at := filepath.Join(realFolder(filepath.Dir(target)), filepath.Base(target))
	for above := ""; at != above; at, above = filepath.Dir(at), at {
		if info, err := os.Stat(at); err == nil {
			p.lineage = append(p.lineage, info)
		}
	}
	return p
}

const (
	// answerTime is what a root has to say what it is: a disk that sleeps wakes
	// up, and a dead share does not keep the others waiting for long.
	answerTime = 10 * time.Second
	// askedAtOnce is how many roots are asked: a question is one system call.
	askedAtOnce = 64
)

// belongsTo gives the root in which the place lies, or "". The roots are asked
// side by side; what a root that does not answer is, its name alone says.
func (p place) belongsTo(ctx context.Context, roots []string) (found string, err error) {
	ask := func(ctx context.Context, root string) string {
		is, err := patience.Wait(ctx, func() (bool, error) { return p.isUnder(root), nil }, nil)
		if is || err != nil && p.isUnderName(root) {
			return root
		}
		return ""
	}
	o := estate.Options{AtOnce: askedAtOnce, Timeout: answerTime, Ahead: askedAtOnce}
	err = estate.Run(ctx, slices.Values(roots), o, ask, func(root string) error {
		if root != "" && found == "" {
			found = root
		}
		return nil
	})
	if err != nil {
		return "", errInterrupted
	}
	return found, nil
}

// isUnder compares folders and not their names: one folder has many names where
// there are links, mounts and shares, or where case does not matter. The root can
// be an inventory, too.
func (p place) isUnder(root string) bool {
	info, err := p.stat(root)
	return err == nil && slices.ContainsFunc(p.lineage, func(above fs.FileInfo) bool { return os.SameFile(above, info) })
}

func (p place) isUnderName(root string) bool {
	abs, err := filepath.Abs(root)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(abs, p.path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolve gives the file that a path leads to, links followed as far as it exists.
func resolve(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}
