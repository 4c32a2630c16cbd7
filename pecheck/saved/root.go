package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"kbverify/pecheck/result"
	"kbverify/pecheck/visible"
)

// decode makes a root of its JSON, and checks what its exit code and its state hang on.
func decode(raw []byte) (*result.RootResult, error) {
	if len(raw) > maxRootBytes { // the reader's limit is a rough one
		return nil, errTooLong
	}
	if parts := bytes.Count(raw, []byte(",")) + bytes.Count(raw, []byte("{")); parts > maxRootParts {
		return nil, fmt.Errorf("more than %d values in one root", maxRootParts)
	}
	r := &result.RootResult{}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, err
	}
	if err := check(r); err != nil {
		return nil, err
	}
	if r.Tables == nil {
		r.Tables = []result.TableResult{}
	}
	return r, nil
}

var errTooLong = fmt.Errorf("a root of more than %d MiB", maxRootBytes>>20)

// maxCount is above every number of files and of results.
const maxCount = 1 << 40

// check refuses what no run writes. A word that this program does not know is one of a
// newer version, and what it means for the exit code nobody knows here.
func check(r *result.RootResult) error {
	if r.Root == "" {
		return errors.New("no root is named")
	}
	if c := r.Taken.Command; c != "" && c != result.Verify && c != result.Detect {
		return unknown("command", string(c))
	}
	for _, n := range []int64{r.Seen, int64(r.Absent), int64(r.Older)} {
		if n < 0 || n > maxCount {
			return fmt.Errorf("the number %d is none of files or results", n)
		}
	}
	for i := range r.Tables {
		if err := checkTable(&r.Tables[i]); err != nil {
			return fmt.Errorf("tables[%d]: %w", i, err)
		}
	}
	return nil
}

var states = []result.State{result.Installed, result.Superseded, result.Partial, result.NotInstalled, result.Absent,
	result.Undecidable}

func unknown(what, word string) error {
	return fmt.Errorf("no %s %s is known here: a newer kbverify wrote it", what, visible.Quote(visible.Short(word)))
}

func checkTable(t *result.TableResult) error {
	passes := t.State == result.Installed || t.State == result.Superseded
	switch {
	case t.Hotfix == "":
		return errors.New("no hotfix is named")
	case !slices.Contains(states, t.State):
		return unknown("state", string(t.State))
	}
	for v := range t.Counts {
		if !slices.Contains(result.Verdicts, v) {
			return unknown("verdict", string(v))
		}
	}
	for i := range t.Rows {
		row := &t.Rows[i]
		switch class := row.Verdict.Class(); {
		case !slices.Contains(result.Verdicts, row.Verdict):
			return unknown("verdict", string(row.Verdict))
		case passes && (class == result.Fail || class == result.Trouble):
			return fmt.Errorf("says that the hotfix is %s, and that %s is %s", t.State,
				visible.Quote(visible.Short(row.Name)), row.Verdict)
		}
		if err := checkCopies(row.Copies); err != nil {
			return err
		}
	}
	return checkCopies(t.Unlisted)
}

var signatures = []result.SignatureStatus{"", result.ValidDigest, result.DigestDiffers, result.NotSigned,
	result.NotChecked}

func checkCopies(copies []result.CopyResult) error {
	for i := range copies {
		switch c := &copies[i]; {
		case !slices.Contains(result.Verdicts, c.Verdict):
			return unknown("verdict", string(c.Verdict))
		case !slices.Contains(signatures, c.Signature.Status):
			return unknown("signature", string(c.Signature.Status))
		case c.Size < 0:
			return fmt.Errorf("a size of %d bytes", c.Size)
		}
	}
	return nil
}
