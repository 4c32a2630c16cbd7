package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
)

// A root that does not answer keeps nobody waiting, and its name says whether
// the result would be written there.
func TestPlaceWithADeadShare(t *testing.T) {
	dir := t.TempDir()
	p := placeOf(filepath.Join(dir, "result.txt"))
	synctest.Test(t, func(t *testing.T) {
		dead := make(chan bool)
		defer close(dead)
		p.stat = func(path string) (fs.FileInfo, error) {
			if path == dir {
				return os.Stat(path)
			}
			<-dead
			return nil, fs.ErrNotExist
		}
		var shares []string
		for range 2 * askedAtOnce {
			shares = append(shares, "/mnt/dead")
		}
		for _, c := range []struct{ last, want string }{
			{"/mnt/dead", ""},
			{dir, dir},
			{dir + "/.", dir + "/."},
			{filepath.Dir(dir), filepath.Dir(dir)},
		} {
			if got, err := p.belongsTo(t.Context(), append(shares, c.last)); got != c.want || err != nil {
				t.Errorf("%s: belongs to %q, %v", c.last, got, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.belongsTo(ctx, shares); err != errInterrupted {
			t.Errorf("interrupted: %v", err)
		}
	})
}

// However the root and the file are spelled, folders are compared.
func TestPlaceOfManyNames(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "rooted"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"root/result.txt": true, "root/bin/result.txt": true, "rooted/result.txt": false, "result.txt": false, "root.txt": false,
		"root/../result.txt": false, "rooted/../root/result.txt": true,
	} {
		target := resolve(filepath.Join(dir, "x") + "/../" + name)
		if got, err := placeOf(target).belongsTo(t.Context(), []string{filepath.Join(root, "bin", ".."), root + "/"}); (got != "") != want || err != nil {
			t.Errorf("%s: belongs to %q, %v", name, got, err)
		}
	}
}
