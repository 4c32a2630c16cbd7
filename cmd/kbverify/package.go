package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifest/msi"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/visible"
)

// packageFile is an open installer package or patch.
type packageFile struct {
	msi.Input
	file *os.File
}

// openPackage opens a regular file that begins as an installer package does; nil,
// without an error, says that it is something else.
func openPackage(path string) (*packageFile, error) {
	file, size, head, err := inventory.OpenHead(path, msi.SniffBytes)
	switch {
	case errors.Is(err, inventory.ErrNoFile):
		return nil, nil
	case err != nil:
		return nil, err
	case !msi.Sniff(head):
		file.Close()
		return nil, nil
	}
	return &packageFile{msi.Input{Name: path, ReaderAt: file, Size: size}, file}, nil
}

// loadManifest reads a manifest, or makes one of an installer package. A package that
// cannot be read as a whole is refused: a judgement by a part of it would pass.
func loadManifest(path string) (*manifest.Manifest, error) {
	p, err := openPackage(path)
	if err != nil || p == nil {
		m, err := catalog.Load(path) // which names what is wrong with the file
		switch {
		case err == nil:
		case isPackageName(path):
			err = fmt.Errorf("%s: named as a Windows Installer package, and is none: a web page that was saved under this "+
				"name, or cut off?", quote(path))
		case inventory.SniffFile(path):
			err = fmt.Errorf("%s: is an inventory; kbverify import makes a manifest of it", quote(path))
		case inventory.SniffPackage(context.Background(), path):
			err = fmt.Errorf("%s: is a package that states nothing of its files; name it as a ROOT", quote(path))
		}
		return m, err
	}
	defer p.file.Close()
	m, findings, err := msi.Read(p.Input, nil, msi.Options{Name: filepath.Base(path)})
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(findings, func(f msi.Finding) bool { return f.Strict }); i >= 0 {
		return nil, fmt.Errorf("%s: %s: %s; kbverify import lists everything that is wrong, and makes a manifest of "+
			"the rest", quote(path), visible.Text(findings[i].Place), findings[i].Text)
	}
	return m, nil
}

// ownPackageWord stands for the package in each root, in place of a file's name.
const ownPackageWord = "auto"

// ownPackage makes a manifest of the one installer package that lies at the top of a
// folder, as msiexec /a leaves it there.
func ownPackage(root string) (*manifest.Manifest, string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, "", fmt.Errorf("root %s: %w; -m %s is for folders", quote(root), cause(err), ownPackageWord)
	}
	var found []string
	for _, e := range entries {
		if strings.EqualFold(filepath.Ext(e.Name()), ".msi") && !e.IsDir() {
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 0:
		return nil, "", fmt.Errorf("root %s: no installer package lies at its top; -m FILE names one", quote(root))
	case 1:
		path := filepath.Join(root, found[0])
		m, err := loadManifest(path)
		return m, path, err
	}
	return nil, "", fmt.Errorf("root %s: %d installer packages lie at its top, %s and %s first; -m FILE names one",
		quote(root), len(found), quote(found[0]), quote(found[1]))
}

// isPackageName reports a name under which installer packages and patches go.
func isPackageName(path string) bool {
	return slices.Contains([]string{".msi", ".msp", ".msm"}, strings.ToLower(filepath.Ext(path)))
}

// packages reads a package, with the patches that are named beside it.
func (a *importAction) packages(s *session, args []string) (*imported, error) {
	layout, err := msi.ParseLayout(a.layout)
	switch {
	case err != nil:
		return nil, usagef("--layout: %w", err)
	case a.hash && (a.base != "" || layout != msi.Image):
		return nil, usagef("--hash is for the image of a package without patches")
	}
	paths := args
	if a.base != "" {
		paths = append([]string{a.base}, args...)
	}
	var inputs []msi.Input
	for _, path := range paths {
		p, err := openPackage(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quote(path), cause(err))
		}
		if p == nil {
			return nil, fmt.Errorf("%s: not a Windows Installer package or patch", quote(path))
		}
		defer p.file.Close()
		inputs = append(inputs, p.Input)
	}
	m, findings, err := msi.Read(inputs[0], inputs[1:], msi.Options{ID: a.id, Product: a.product, Layout: layout,
		Name: filepath.Base(args[0])})
	got := &imported{manifest: m}
	for _, f := range findings {
		got.findings = append(got.findings, finding{inputs[0].Name + ": " + f.Place, f.Text, f.Strict})
	}
	if err == nil && (a.hash || a.strict) {
		err = got.readContents(s, paths[0], a)
	}
	return got, err
}

// readContents reads the files in a package: --strict holds them against what it
// states, and --hash adds their digests to the rows. What cannot be read is a finding
// that --strict refuses.
func (got *imported) readContents(s *session, path string, a *importAction) error {
	o := inventory.Options{All: true, Digests: inventory.Digests{MD5: true, SHA256: true}}
	inv, err := inventory.Scan(s.ctx, path, o)
	if err != nil {
		return err
	}
	refuse := func(place, text string) {
		got.findings = append(got.findings, finding{path + ": " + place, text, true})
	}
	for _, f := range inv.Faults {
		refuse(f.Path, f.Error)
	}
	found := make(map[string]*inventory.File, len(inv.Files))
	for i := range inv.Files {
		f := &inv.Files[i]
		found[manifest.NameKey(f.Path)] = f
		if f.SHA256 == "" {
			refuse(f.Path, "its content could not be read: "+f.Detail)
		}
	}
	if a.base != "" || a.layout != string(msi.Image) {
		return nil // the rows are not those of the files in it
	}
	rows := got.manifest.Tables[0].Files
	editions := map[string]int{} // of one path, between which conditions choose
	for i := range rows {
		editions[manifest.NameKey(rows[i].Path)]++
	}
	for i := range rows {
		row := &rows[i]
		key := manifest.NameKey(row.Path)
		switch f := found[key]; {
		case editions[key] > 1 && (f == nil || !row.Size.Admits(f.Size) || row.MD5 != f.MD5):
			// It is another one that the package unpacks last.
		case f == nil:
			refuse(row.Path, "its content is not in the package")
		case f.SHA256 != "":
			if says := contradicts(row, f); says != "" {
				refuse(row.Path, "the package states another "+says+" than its file has")
			}
			if a.hash {
				row.SHA256 = f.SHA256
			}
		}
	}
	return nil
}

// contradicts names what a package states of a file and the file in it has not.
func contradicts(row *manifest.File, f *inventory.File) string {
	switch {
	case !row.Size.Admits(f.Size):
		return "size"
	case row.MD5 != "" && row.MD5 != f.MD5:
		return "hash"
	case !row.Version.IsZero() && row.Version.Order(f.Version) != manifest.Equal:
		return "version"
	}
	return ""
}
