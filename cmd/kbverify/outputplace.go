package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"
)

// resolveTime is how long the roots' links are looked into before anything is
// written: a share that does not answer must not keep the others waiting.
const resolveTime = 5 * time.Second

var errNoRoot = errors.New("belongs to none of the roots")

// around gives the first of the roots to which a resolved path belongs.
func around(ctx context.Context, roots []string, target string) (string, bool) {
	for _, root := range roots {
		if abs, err := filepath.Abs(root); err == nil && within(abs, target) {
			return root, true
		}
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	root, err := patiently(ctx, func() (string, error) {
		for _, root := range roots {
			if within(resolve(root), target) {
				return root, nil
			}
		}
		return "", errNoRoot
	})
	return root, err == nil
}

// within reports whether a path is root, an inventory perhaps, or lies below it;
// both are absolute.
func within(root, target string) bool {
	rel, err := filepath.Rel(root, target)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
