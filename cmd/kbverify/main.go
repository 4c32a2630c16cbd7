// Command kbverify tells whether a hotfix is really there: it compares the
// files under a folder with the file information that Microsoft published for
// the hotfix.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
