package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"kbverify/manifest"
)

// limits caps what is read of the user's own folders.
type limits struct {
	files  int   // manifests in all folders together
	bytes  int64 // text of all of them
	passed int   // files and folders passed in one folder
	faults int   // after which no more files are read
}

// ownLimits are met when --catalog names the wrong folder, a whole volume say.
// They are far above any collection of manifests: Microsoft published some 220
// for SMS, of about 1 MiB together.
var ownLimits = limits{files: 10_000, bytes: 64 << 20, passed: 200_000, faults: 1000}

// addOwn reads the manifests in dirs and reports all the faults of all of them.
func (c *Catalog) addOwn(dirs []string) error {
	r := &ownReader{limits: ownLimits}
	for _, dir := range dirs {
		if err := r.dir(dir); err != nil {
			r.problems = addFaults(r.problems, dir, err)
		}
	}
	for _, h := range r.found {
		r.problems = addFaults(r.problems, h.file, c.addUnlessThere(h))
	}
	if len(r.problems) > 0 {
		return r.problems
	}
	return nil
}

// addUnlessThere takes the user's manifest into the catalogue unless the same
// facts are there already.
func (c *Catalog) addUnlessThere(h hotfix) error {
	id := h.own.ID
	old, there := c.hotfixes[manifest.IDKey(id)]
	if !there {
		c.add(id, h)
		return nil
	}
	m, err := c.Find(id)
	if err != nil {
		return err
	}
	if bytes.Equal(m.Encode(), h.own.Encode()) {
		return nil
	}
	where := cmp.Or(old.file, "the embedded catalogue ("+old.path+")")
	return fmt.Errorf("hotfix %s is in %s too and says something else: give it another id, or name this file alone as "+
		"the manifest to judge by", id, where)
}

// addFaults adds err, which came with file, to faults.
func addFaults(faults manifest.Problems, file string, err error) manifest.Problems {
	if err == nil {
		return faults
	}
	if ps := (manifest.Problems)(nil); errors.As(err, &ps) {
		return append(faults, ps...)
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	return append(faults, manifest.Problem{File: file, Text: err.Error()})
}

// ownReader collects manifests and faults from several folders.
type ownReader struct {
	limits
	found    []hotfix
	problems manifest.Problems
}

// dir reads the manifests of one folder. Its error is one that ends the walk.
func (r *ownReader) dir(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() { // os.OpenRoot would wait for the other end of a pipe
		return syscall.ENOTDIR
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	passed := 0
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		passed++
		switch {
		case passed > r.passed:
			return fmt.Errorf("more than %d files and folders: is this a folder of manifests?", r.passed)
		case len(r.problems) > r.faults:
			return fmt.Errorf("more than %d faults: the rest of the folder is not read", r.faults)
		case err != nil:
			r.problems = addFaults(r.problems, filepath.Join(dir, name), err)
			return nil
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir(), !isManifestName(name), (name == indexPath || name == releasesPath):
			return nil
		}
		return r.file(root, dir, name)
	})
}

// isManifestName reports a name that ends in .json, or in .json.gz.
func isManifestName(name string) bool {
	if strings.EqualFold(path.Ext(name), ".gz") {
		name = name[:len(name)-len(".gz")]
	}
	return strings.EqualFold(path.Ext(name), ".json")
}

func (r *ownReader) file(root *os.Root, dir, name string) error {
	shown := filepath.Join(dir, filepath.FromSlash(name))
	data, err := readRegular(root, name)
	r.files--
	r.bytes -= int64(len(data))
	if r.files < 0 || r.bytes < 0 {
		return fmt.Errorf("more than %d manifests or %d bytes of them: is this a folder of manifests?", ownLimits.files,
			ownLimits.bytes)
	}
	if err != nil {
		r.problems = addFaults(r.problems, shown, err)
		return nil
	}
	m, err := manifest.Parse(shown, data)
	if err == nil {
		r.found = append(r.found, hotfix{file: shown, own: m})
	}
	r.problems = addFaults(r.problems, shown, err)
	return nil
}
