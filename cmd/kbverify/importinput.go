package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"kbverify/pecheck/inventory"
)

// input is what is imported.
type input struct {
	*bufio.Reader
	path      string // "" for standard input
	name      string // for messages, and what it may tell about the article
	inventory bool
	file      *os.File
}

// openInput opens the file, or takes standard input, and looks at its beginning.
func openInput(s *session, path string) (*input, error) {
	if path == "-" {
		in := &input{Reader: bufio.NewReader(s.stdin), name: inputName(path)}
		return in, in.look()
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote(path), cause(err))
	}
	in := &input{Reader: bufio.NewReader(file), path: path, name: path, file: file}
	if err := in.look(); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", quote(path), cause(err))
	}
	return in, nil
}

func inputName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

func (in *input) look() error {
	head, err := in.Peek(inventory.SniffBytes)
	in.inventory = inventory.Sniff(head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	return nil
}

func (in *input) close() {
	if in.file != nil {
		in.file.Close()
	}
}
