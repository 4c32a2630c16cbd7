package msi

import (
	"regexp"
	"slices"
	"strings"

	"kbverify/internal/msi"
	"kbverify/manifest"
	"kbverify/pecheck/visible"
)

// rows makes a row of every file whose name and place a manifest can state. Files of
// one path, of which conditions choose one, are rows of one path.
func (r *reader) rows(files []msi.File) []manifest.File {
	names := make(map[string]string, len(files)) // of keys, for companions
	for i := range files {
		if names[files[i].Key] = files[i].Long; files[i].Source == "" {
			names[files[i].Key] = "a file that is left out"
		}
	}
	places := map[string]string{} // by name, of an installed layout
	rows := make([]manifest.File, 0, len(files))
	for i := range files {
		f := &files[i]
		if f.Source == "" || f.Size < 0 {
			r.left++ // a finding says why
			continue
		}
		rows = append(rows, r.row(f, names))
		if r.o.Layout == Installed {
			name, place := manifest.NameKey(f.Long), manifest.NameKey(f.Base+"/"+f.Target)
			if other, seen := places[name]; seen && other != place {
				r.sameNames++
			} else {
				places[name] = place
			}
		}
	}
	return rows
}

func (r *reader) row(f *msi.File, names map[string]string) manifest.File {
	row := manifest.File{Name: f.Source[strings.LastIndexByte(f.Source, '/')+1:], Path: f.Source,
		Size: manifest.ExactSize(f.Size), MD5: f.MD5}
	place := "File." + visible.Short(f.Key)
	if r.o.Layout == Installed {
		row.Name, row.Path = f.Long, ""
		row.Note = line("installed to "+f.Base+"/"+f.Target, maxNote)
	}
	if f.Wide {
		row.AsPrinted.Platform = "64-bit component"
	}
	switch v, err := manifest.ParsePrinted(f.Version); {
	case f.Companion != "":
		// Its own version is nowhere: the other file's decides whether it is replaced.
		text := "goes with " + names[f.Companion]
		if f.Version != "" {
			text += " " + f.Version
		}
		row.Note = line(strings.TrimPrefix(row.Note+"; "+text, "; "), maxNote)
		r.companions++
	case f.Version == "":
	case err != nil:
		row.AsPrinted.Version = line(f.Version, maxTitle)
		r.refuse(place, "its version %s is neither a version nor the key of a file", visible.Quote(visible.Short(f.Version)))
	case withoutVersion(row.Name):
		row.AsPrinted.Version = f.Version
		r.unversions++
	default:
		row.Version = v
	}
	if row.Version.IsZero() && row.MD5 == "" {
		r.sizeOnly++
	}
	return row
}

// maxNote is the length of a row's note in a manifest, in bytes.
const maxNote = 500

// withoutVersion reports a name under which no version resource is found: data, and
// fonts, whose version a package takes from their tables.
func withoutVersion(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	return manifest.NamesData(name) ||
		slices.Contains([]string{".TTF", ".OTF", ".TTC"}, manifest.NameKey(name[dot:]))
}

var (
	kbNumber = regexp.MustCompile(`(?i)(?:^|[^A-Za-z0-9])((?:KB|Q)[0-9]{5,7})(?:[^A-Za-z0-9]|$)`)
	noID     = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
)

// maxID is the length of a manifest's id.
const maxID = 64

// id finds what the manifest is to be called.
func (r *reader) id() (string, error) {
	if r.o.ID != "" {
		return r.o.ID, nil
	}
	texts := []string{r.o.Name}
	for _, p := range append(slices.Clone(r.patches), r.p) {
		s := p.Summary()
		texts = append(texts, s.Subject, s.Title, s.Comments)
	}
	for _, text := range texts {
		if m := kbNumber.FindStringSubmatch(text); m != nil {
			return strings.ToUpper(m[1]), nil
		}
	}
	name := r.o.Name
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	id := strings.TrimLeft(noID.ReplaceAllString(name, "-"), "0123456789._-")
	if id = strings.TrimRight(id[:min(len(id), maxID)], "-."); id == "" {
		return "", ErrNoID
	}
	return id, nil
}
