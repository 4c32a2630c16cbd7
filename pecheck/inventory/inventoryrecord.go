package inventory

import (
	"fmt"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
)

// fileRecord is one line of "files". A pointer tells what is there: nothing may
// stand twice, and nothing that is zero.
type fileRecord struct {
	Path     *string          `json:"path,omitempty"`
	Size     *int64           `json:"size,omitempty"`
	Modified *string          `json:"modified,omitempty"`
	Format   *pefile.Format   `json:"format,omitempty"`
	Machine  *recordedMachine `json:"machine,omitempty"`
	AnyCPU   *bool            `json:"any_cpu,omitempty"`
	Ending   *pefile.Ending   `json:"ending,omitempty"`
	Version  *string          `json:"version,omitempty"`
	Text     *string          `json:"string_version,omitempty"`
	Detail   *string          `json:"detail,omitempty"`
}

// recordedMachine is IMAGE_FILE_HEADER.Machine as "0x014c".
type recordedMachine pefile.Machine

// MarshalText implements encoding.TextMarshaler.
func (m recordedMachine) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "0x%04x", uint16(m)), nil
}

func recordOf(f *File) *fileRecord {
	r := &fileRecord{Path: &f.Path, Size: &f.Size, Format: set(&f.Format), Machine: set((*recordedMachine)(&f.Machine)),
		AnyCPU: set(&f.AnyCPU), Ending: set(&f.Ending), Text: set(&f.StringVersion), Detail: set(&f.Detail)}
	if !f.Modified.IsZero() {
		text := f.Modified.UTC().Format(time.RFC3339)
		r.Modified = &text
	}
	if f.Ending == pefile.Versioned {
		text := f.Version.String()
		r.Version = &text
	}
	return r
}

// set leaves out what is zero.
func set[T comparable](v *T) *T {
	var zero T
	if *v == zero {
		return nil
	}
	return v
}

type folderRecord struct {
	Path     *string            `json:"path,omitempty"`
	Platform *manifest.Platform `json:"platform,omitempty"`
}

type faultRecord struct {
	Path  *string `json:"path,omitempty"`
	Error *string `json:"error,omitempty"`
}

type linkRecord struct {
	Path   *string `json:"path,omitempty"`
	Target *string `json:"target,omitempty"`
}

func recordFolders(list []Folder) (out []folderRecord) {
	for i := range list {
		out = append(out, folderRecord{&list[i].Path, &list[i].Platform})
	}
	return out
}

func recordFaults(list []Fault) (out []faultRecord) {
	for i := range list {
		out = append(out, faultRecord{&list[i].Path, &list[i].Error})
	}
	return out
}

func recordLinks(list []Link) (out []linkRecord) {
	for i := range list {
		out = append(out, linkRecord{&list[i].Path, set(&list[i].Target)})
	}
	return out
}
