package catalog

import (
	"regexp"
	"strings"
	"sync"

	"kbverify/manifest"
)

// Search gives the hotfixes in which every word is found, case ignored. A word
// that looks like a file name, with an extension or a wildcard, is compared with
// the names of the files: "ccm.dll" finds the hotfixes that deliver that file,
// ".msp" and "ccm*" those that deliver one such file. Any other word is found in
// part of the id, title, product, table names or file names, and an id in any
// spelling. Without words, every hotfix is found.
func (c *Catalog) Search(words []string) ([]Entry, error) {
	entries, err := c.Entries()
	if err != nil {
		return nil, err
	}
	var found []Entry
	for _, e := range entries {
		if e.hasAll(words) {
			found = append(found, e)
		}
	}
	return found, nil
}

func (e *Entry) hasAll(words []string) bool {
	for _, word := range words {
		if !e.has(strings.TrimSpace(word)) {
			return false
		}
	}
	return true
}

// fileWord is a word that can only be meant as a file name. An extension has a
// letter in front: "2.0" is part of a product's name.
var fileWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[*?]|\.[A-Za-z][A-Za-z0-9_]{0,3}$`)
})

func (e *Entry) has(word string) bool {
	if fileWord().MatchString(word) {
		return e.delivers(word)
	}
	if manifest.IDKey(word) == manifest.IDKey(e.ID) {
		return true
	}
	texts := append([]string{e.ID, e.Title, e.Product}, e.Names...)
	for _, t := range e.Tables {
		texts = append(texts, t.Name)
	}
	word = manifest.NameKey(word)
	for _, text := range texts {
		if strings.Contains(manifest.NameKey(text), word) {
			return true
		}
	}
	return false
}

// delivers compares a file name or pattern with the hotfix's names, of which
// some are patterns themselves.
func (e *Entry) delivers(word string) bool {
	if strings.HasPrefix(word, ".") {
		word = "*" + word
	}
	for _, name := range e.Names {
		if manifest.MatchPattern(word, name) || manifest.MatchPattern(name, word) {
			return true
		}
	}
	return false
}
