// Package msi reads Windows Installer databases: packages (.msi), patches (.msp)
// and transforms (.mst), which are compound files with a small relational
// database in them.
//
// Open reads one, Apply lays a patch's transforms over a package, and Files says
// which files the package installs, where, and in which cabinet they lie. It
// reads no cabinet, and knows no manifest.
package msi

import (
	"errors"
	"io"
)

// Kind is what a database is for. The class of a compound file's root says it.
type Kind string

// The kinds of databases.
const (
	KindPackage   Kind = "installer package"   // .msi, and merge modules, which are packages in form
	KindPatch     Kind = "installer patch"     // .msp
	KindTransform Kind = "installer transform" // .mst
)

// ErrNotInstaller is an input that is no Windows Installer database at all.
var ErrNotInstaller = errors.New("not a Windows Installer package")

// Package is an open database. It reads streams when they are asked for, and must
// not be used by two goroutines at once; what Stream gives may be.
type Package struct{}

// SniffBytes is how much of a file's beginning Sniff wants to see.
const SniffBytes = 8

// Sniff reports that a file which begins with head is a compound file, as every
// Windows Installer database is; Open knows whether it is one.
func Sniff(head []byte) bool { return false }

// Open reads the directory of a database of size bytes, its strings and its summary.
func Open(r io.ReaderAt, size int64) (*Package, error) { return nil, ErrNotInstaller }

// Kind says what the database is for.
func (p *Package) Kind() Kind { return "" }

// ProductCode gives the package's product code, "{…}"; "" where there is none.
func (p *Package) ProductCode() string { return "" }

// Property gives the value of a row of table Property, or "".
func (p *Package) Property(name string) string { return "" }

// Apply lays the transforms of a patch over the package.
func (p *Package) Apply(patch *Package) error { return nil }

// Stream gives the content of a stream of the package by its name, which is case
// sensitive: a cabinet's, or "Binary.name". It may be read side by side.
func (p *Package) Stream(name string) (io.ReaderAt, int64, error) { return nil, 0, nil }
