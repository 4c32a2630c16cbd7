package msi

import (
	"bytes"
	"io"
	"testing"

	"kbverify/internal/msitest"
)

// bytesOf gives what Open takes.
func bytesOf(d msitest.Database) (io.ReaderAt, int64) {
	b := d.Bytes()
	return bytes.NewReader(b), int64(len(b))
}

// exercise asks a package for everything.
func exercise(t *testing.T, p *Package) {
	for _, name := range p.TableNames() {
		table, err := p.Table(name)
		if err != nil {
			continue
		}
		for row := range min(table.Len(), 100) {
			for c := range table.Columns {
				table.Cell(row, c)
			}
		}
	}
	files, _, err := p.Files()
	if err != nil {
		return
	}
	for _, f := range files {
		for _, path := range []string{f.Source, f.Target} {
			if path == "" {
				continue
			}
			for _, element := range bytes.Split([]byte(path), []byte("/")) {
				if why := whyNoName(string(element)); why != "" {
					t.Errorf("%q: %s", path, why)
				}
			}
		}
	}
}

// FuzzTables changes the streams of a package behind the compound file, whose
// structure would stop most changes of a whole file.
func FuzzTables(f *testing.F) {
	s := msitest.Small().Storage()
	streams := map[string][]byte{}
	for _, stream := range s.Streams {
		streams[stream.Name] = stream.Data
	}
	at := func(name string) []byte { return streams[msitest.TableName(name)] }
	f.Add(at("_StringPool"), at("_StringData"), at("_Tables"), at("_Columns"), at("File"), at("Directory"), at("Media"),
		streams["\x05SummaryInformation"])
	f.Fuzz(func(t *testing.T, entries, data, tables, columns, file, directory, media, summary []byte) {
		changed := s
		changed.Streams = nil
		for _, stream := range s.Streams {
			for name, now := range map[string][]byte{"_StringPool": entries, "_StringData": data, "_Tables": tables,
				"_Columns": columns, "File": file, "Directory": directory, "Media": media} {
				if stream.Name == msitest.TableName(name) {
					stream.Data = now
				}
			}
			if stream.Name == "\x05SummaryInformation" {
				stream.Data = summary
			}
			changed.Streams = append(changed.Streams, stream)
		}
		b := msitest.CompoundFile(changed, 3)
		if p, err := Open(bytes.NewReader(b), int64(len(b))); err == nil {
			exercise(t, p)
		}
	})
}

// FuzzTransform changes the streams of a transform.
func FuzzTransform(f *testing.F) {
	base := msitest.Small().Bytes()
	s := changes().Storage()
	s.Name = "T1"
	at := func(name string) []byte {
		for _, stream := range s.Streams {
			if stream.Name == msitest.TableName(name) {
				return stream.Data
			}
		}
		return nil
	}
	f.Add(at("_StringPool"), at("_StringData"), at("_Tables"), at("_Columns"), at("File"), at("New"))
	f.Fuzz(func(t *testing.T, entries, data, tables, columns, file, added []byte) {
		changed := s
		changed.Streams = nil
		for _, stream := range s.Streams {
			for name, now := range map[string][]byte{"_StringPool": entries, "_StringData": data, "_Tables": tables,
				"_Columns": columns, "File": file, "New": added} {
				if stream.Name == msitest.TableName(name) {
					stream.Data = now
				}
			}
			changed.Streams = append(changed.Streams, stream)
		}
		d := patchOf([]string{"T1"})
		d.Storages = []msitest.Storage{changed}
		patch, err := Open(bytesOf(d))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Open(bytes.NewReader(base), int64(len(base)))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Apply(patch); err == nil {
			exercise(t, p)
		}
	})
}
