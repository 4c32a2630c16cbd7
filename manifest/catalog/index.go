package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"kbverify/internal/strictjson"
	"kbverify/manifest"
)

//go:generate go test . -run ^TestIndexIsCurrent$ -update

// indexPath is where the index stands in the embedded catalogue.
const indexPath = "index.json"

// index is what the lists need of every embedded manifest. The version stands
// in front, so that reading it alone is quick.
type index struct {
	Version  string  `json:"version"`
	Hotfixes []Entry `json:"hotfixes"`
}

func readIndex(fsys fs.FS) (*index, error) {
	data, err := fs.ReadFile(fsys, indexPath)
	if err != nil {
		return nil, err
	}
	var x index
	r := strictjson.New(bytes.NewReader(data), strictjson.Limits{})
	for key := range r.Members {
		switch string(key) {
		case "version":
			x.Version, _ = r.String()
		case "hotfixes":
			for range r.Items {
				x.Hotfixes = append(x.Hotfixes, readEntry(r))
			}
		default:
			r.Fault(&strictjson.UnknownKey{Key: string(key)})
		}
	}
	if stop := r.End(); stop != nil {
		return nil, fmt.Errorf("%s:%d: %w", indexPath, stop.Line, stop)
	}
	return &x, nil
}

// readEntry reads what Entry's tags say, several times as fast as reflection: every
// start of most commands waits for it.
func readEntry(r *strictjson.Reader) (e Entry) {
	for key := range r.Members {
		switch string(key) {
		case "id":
			e.ID, _ = r.String()
		case "title":
			e.Title, _ = r.String()
		case "product":
			e.Product, _ = r.String()
		case "tables":
			for range r.Items {
				e.Tables = append(e.Tables, readTableEntry(r))
			}
		case "names":
			e.Names = readTexts(r)
		case "reference_names":
			e.ReferenceNames = readTexts(r)
		default:
			r.Fault(&strictjson.UnknownKey{Key: string(key)})
		}
	}
	return e
}

func readTableEntry(r *strictjson.Reader) (t TableEntry) {
	for key := range r.Members {
		switch string(key) {
		case "name":
			t.Name, _ = r.String()
		case "files":
			n, _ := r.Int()
			t.Files = int(n)
		case "reference":
			t.Reference, _ = r.Bool()
		default:
			r.Fault(&strictjson.UnknownKey{Key: string(key)})
		}
	}
	return t
}

func readTexts(r *strictjson.Reader) []string {
	texts := []string{}
	for range r.Items {
		text, _ := r.String()
		texts = append(texts, text)
	}
	return texts
}

// BuildIndex makes the text of the index from every manifest of fsys, one
// hotfix a line, and reports all the faults of all of them.
func BuildIndex(fsys fs.FS) ([]byte, error) {
	paths, err := manifestPaths(fsys)
	if err != nil {
		return nil, err
	}
	var faults manifest.Problems
	var entries []Entry
	sum := sha256.New()
	for _, path := range paths {
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %d\n%s", path, len(data), data)
		m, err := manifest.Parse(path, data)
		if faults = addFaults(faults, path, err); err == nil {
			entries = append(entries, entryOf(m, ""))
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	if data, err := fs.ReadFile(fsys, releasesPath); err == nil { // they decide, too
		fmt.Fprintf(sum, "%s %d\n%s", releasesPath, len(data), data)
	}
	slices.SortFunc(entries, compareEntries)
	for i := range entries[:max(0, len(entries)-1)] {
		if a, b := entries[i].ID, entries[i+1].ID; manifest.IDKey(a) == manifest.IDKey(b) {
			return nil, fmt.Errorf("%s and %s are one hotfix", a, b)
		}
	}
	return encodeIndex(shortHash(sum.Sum(nil)), entries)
}

func encodeIndex(version string, entries []Entry) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"version\": %q,\n  \"hotfixes\": [", version)
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for i, e := range entries {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		if err := enc.Encode(e); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1) // the line end that Encode adds
	}
	out.WriteString("\n  ]\n}\n")
	return out.Bytes(), nil
}
