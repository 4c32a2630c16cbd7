package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kbverify/pecheck/estate"
)

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
		is, err := patiently(ctx, func() (bool, error) { return p.isUnder(root), nil })
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
