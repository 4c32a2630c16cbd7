package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"kbverify/pecheck/report"
	"kbverify/pecheck/visible"
)

// outputFlags say how and where a result is written.
type outputFlags struct {
	format formatFlag
	file   string
}

func (f *outputFlags) flags(fs *pflag.FlagSet) { f.flagsOf(fs, report.Formats) }

// flagsOf is for results that come in other formats than most.
func (f *outputFlags) flagsOf(fs *pflag.FlagSet, formats []report.Format) {
	f.format = formatFlag{report.Table, formats}
	fs.VarP(&f.format, "format", "f", "write the result as "+report.Names(formats))
	f.fileFlag(fs)
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

// create begins the output. Nothing may be written below the roots.
func (f *outputFlags) create(s *session, roots []string) (*output, error) {
	if f.file == "" {
		return &output{Writer: bufio.NewWriter(s.stdout), terminal: s.stdout}, nil
	}
	target := resolve(f.file)
	root, err := placeOf(target).belongsTo(s.ctx, roots)
	if err != nil {
		return nil, err
	}
	if root != "" {
		return nil, fmt.Errorf("-o %s: belongs to the root %s, where nothing is ever written; choose another place",
			quote(f.file), quote(root))
	}
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
