package inventory

import (
	"fmt"
	"strings"
	"sync/atomic"

	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// MaxExcludes caps the patterns of paths to leave out: more are no list that a person
// wrote.
const MaxExcludes = 1000

const maxExcludeBytes = 4096 // the longest path that a person types, with room

// excluder holds the patterns of paths to leave out. A pattern without a
// separator matches an element anywhere; another one matches from the root on.
// What is below an excluded folder is left out with it.
type excluder struct {
	elements []elementPattern
	paths    []pathPattern
	all      []*patternUse // of each pattern, in the order asked
	unused   atomic.Int32  // patterns that have left out nothing yet
}

type elementPattern struct {
	key string
	use *patternUse
}

// pathPattern has the elements of a path; "**" is any number of them.
type pathPattern struct {
	elements []string
	use      *patternUse
}

// patternUse remembers that a pattern has matched.
type patternUse struct {
	pattern string
	matched atomic.Bool
}

// used notes that a pattern has matched. Jobs do so side by side.
func (x *excluder) used(p *patternUse) {
	if !p.matched.Load() && p.matched.CompareAndSwap(false, true) {
		x.unused.Add(-1)
	}
}

// idle reports that some pattern has matched nothing yet: then it is worth asking about
// what nobody else wants.
func (x *excluder) idle() bool { return x.unused.Load() > 0 }

// idlePatterns lists those that have matched nothing.
func (x *excluder) idlePatterns() (patterns []string) {
	for _, p := range x.all {
		if !p.matched.Load() {
			patterns = append(patterns, p.pattern)
		}
	}
	return patterns
}

// CheckExcludes reports what is wrong with patterns for Options.Exclude and
// Keep.Exclude, before anything is read by them.
func CheckExcludes(patterns []string) error {
	_, err := parseExcludes(patterns)
	return err
}

// parseExcludes reads patterns: * stands for any characters within an element,
// ? for one, ** as an element of its own for any number of elements. Case does
// not count, / and \ both separate.
func parseExcludes(patterns []string) (*excluder, error) {
	if len(patterns) > MaxExcludes {
		return nil, fmt.Errorf("%d patterns to exclude: at most %d", len(patterns), MaxExcludes)
	}
	x := &excluder{}
	for _, p := range patterns {
		if err := x.add(p, false); err != nil {
			return nil, fmt.Errorf("exclude pattern %s: %w", visible.Quote(p), err)
		}
	}
	return x, nil
}

// add takes one more pattern; an anchored one matches from the root on, also where it
// has no separator.
func (x *excluder) add(pattern string, anchored bool) error {
	if len(pattern) > maxExcludeBytes {
		return fmt.Errorf("longer than %d bytes", maxExcludeBytes)
	}
	if !visible.IsClean(pattern) {
		return fmt.Errorf("holds control characters, or is not UTF-8")
	}
	key := manifest.NameKey(pattern)
	if strings.HasPrefix(key, "/") || len(key) > 1 && key[1] == ':' {
		return fmt.Errorf("an absolute path; patterns are relative to the root: %s", visible.Quote("bin/i386/old"))
	}
	key = strings.TrimSuffix(strings.TrimPrefix(key, "./"), "/")
	elements := strings.Split(key, "/")
	for _, e := range elements {
		switch {
		case e == "" || e == "." || e == "..":
			return fmt.Errorf("holds the element %q; want names, with *, ? and ** at will", e)
		case e != "**" && strings.Contains(e, "**"):
			return fmt.Errorf("** must stand alone between separators")
		}
	}
	use := &patternUse{pattern: pattern}
	x.all = append(x.all, use)
	x.unused.Add(1)
	if len(elements) == 1 && !anchored {
		x.elements = append(x.elements, elementPattern{key, use})
	} else {
		x.paths = append(x.paths, pathPattern{elements, use})
	}
	return nil
}

// none reports that nothing is excluded.
func (x *excluder) none() bool { return len(x.elements) == 0 && len(x.paths) == 0 }

// element reports whether the element name is excluded wherever it stands.
func (x *excluder) element(name string) (is bool) {
	for _, p := range x.elements {
		if is && p.use.matched.Load() {
			continue
		}
		if p.key == "**" || manifest.MatchPattern(p.key, name) {
			x.used(p.use)
			is = true
		}
	}
	return is
}

// path reports whether the path of these raw names is excluded by itself; the
// folders above it have been asked before.
func (x *excluder) path(elements []string) bool {
	is := x.element(elements[len(elements)-1])
	for _, p := range x.paths {
		if is && p.use.matched.Load() {
			continue
		}
		if matchElements(p.elements, elements) {
			x.used(p.use)
			is = true
		}
	}
	return is
}

// within reports whether the path or a folder above it is excluded.
func (x *excluder) within(elements []string) bool {
	for i := range elements {
		if x.path(elements[:i+1]) {
			return true
		}
	}
	return false
}

// matchElements goes back to the last ** only, so its work is at most the
// product of the lengths.
func matchElements(pattern, elements []string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(elements) {
		switch {
		case i < len(pattern) && pattern[i] == "**":
			star, mark = i, j
			i++
		case i < len(pattern) && manifest.MatchPattern(pattern[i], elements[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == "**" {
		i++
	}
	return i == len(pattern)
}

// LeftOut reports which paths of an inventory the patterns leave out, with what is
// below them. A pattern that begins with a slash matches from the root on, also
// where it has no other. One that makes no sense leaves nothing out.
func LeftOut(patterns []string) func(path string) bool {
	x := &excluder{}
	for _, p := range patterns {
		p, anchored := strings.CutPrefix(p, "/")
		_ = x.add(p, anchored)
	}
	return func(path string) bool {
		if x.none() {
			return false
		}
		names, err := rawNames(nil, path)
		return err == nil && x.within(names)
	}
}
