// Package pattern holds regular expressions that cost nothing until an article
// is read: most commands of the program never do that.
package pattern

import (
	"regexp"
	"sync"
)

// New gives a function that compiles the expression when it is first called.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
