package inventory

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
)

const (
	// inventorySchema is the version of the JSON form of an Inventory.
	inventorySchema = 1
	// inventoryKind tells an Inventory from other JSON.
	inventoryKind = "kbverify-inventory"
)

// inventoryWriter writes the JSON form as it comes in: first what was asked, then
// one file a line, at the end everything else and the mark that it is complete.
type inventoryWriter struct {
	out   *bufio.Writer
	files int
	line  []byte
}

// Encode writes the inventory as JSON that Read reads back without a
// loss. It is ASCII throughout, so that redirection by a Windows shell does no harm.
func (inv *Inventory) Encode(w io.Writer) error {
	e := &inventoryWriter{out: bufio.NewWriter(w)}
	if err := e.begin(inv); err != nil {
		return err
	}
	for i := range inv.Files {
		if err := e.file(&inv.Files[i]); err != nil {
			return err
		}
	}
	return e.end(inv)
}

// begin writes what is known before the first file.
func (e *inventoryWriter) begin(inv *Inventory) error {
	e.raw("{\"schema\": ")
	e.value(inventorySchema)
	e.raw(",\n\"kind\": ")
	e.value(inventoryKind)
	if inv.Tool != "" {
		e.raw(",\n\"tool\": ")
		e.value(inv.Tool)
	}
	if inv.Host != "" {
		e.raw(",\n\"host\": ")
		e.value(inv.Host)
	}
	e.time("start", inv.Start)
	e.raw(",\n\"root\": ")
	e.value(inv.Root)
	e.raw(",\n\"all\": ")
	e.value(inv.All)
	if inv.Signatures {
		e.raw(",\n\"signatures\": true")
	}
	writeList(e, "names", inv.Names, func(name string) any { return name })
	writeList(e, "excluded", inv.Excluded, func(pattern string) any { return pattern })
	e.raw(",\n\"files\": [")
	return e.flushed(nil)
}

// file writes one file's line.
func (e *inventoryWriter) file(f *File) error {
	if e.files++; e.files > 1 {
		e.raw(",")
	}
	e.line = appendFile(append(e.line[:0], '\n'), f)
	_, err := e.out.Write(e.line)
	return e.flushed(err)
}

// end writes what is known after the last file.
func (e *inventoryWriter) end(inv *Inventory) error {
	e.raw("\n]")
	writeList(e, "folders", inv.Folders, func(f Folder) any { return folderRecord(f) })
	writeList(e, "faults", inv.Faults, func(f Fault) any { return faultRecord(f) })
	writeList(e, "links", inv.Links, func(l Link) any { return linkRecord(l) })
	e.time("end", inv.End)
	e.raw(",\n\"seen\": ")
	e.value(inv.Seen)
	e.raw(",\n\"complete\": true}\n")
	return e.flushed(e.out.Flush())
}

func (e *inventoryWriter) flushed(err error) error {
	if err != nil {
		return fmt.Errorf("writing the inventory: %w", err)
	}
	return nil
}

// time writes when something was, if it is known.
func (e *inventoryWriter) time(key string, at time.Time) {
	if !at.IsZero() {
		e.raw(",\n\"" + key + "\": ")
		e.value(at.UTC().Format(time.RFC3339))
	}
}

func (e *inventoryWriter) raw(text string) { e.out.WriteString(text) }

// value writes v in ASCII.
func (e *inventoryWriter) value(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return e.flushed(err)
	}
	e.line = appendASCII(e.line[:0], string(text))
	_, err = e.out.Write(e.line)
	return e.flushed(err)
}

func appendASCII(to []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r < 0x80:
			to = append(to, byte(r))
		case r <= 0xffff:
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			to = fmt.Appendf(to, `\u%04x\u%04x`, high, low)
		}
	}
	return to
}

// writeList writes a list with one entry a line.
func writeList[T any](e *inventoryWriter, key string, list []T, record func(T) any) {
	e.raw(",\n\"" + key + "\": [")
	for i, v := range list {
		if i > 0 {
			e.raw(",")
		}
		e.raw("\n")
		e.value(record(v)) // bufio keeps the error for the flush
	}
	e.raw("]")
}

// The records are what stands on one line of a list, with its keys in their order.
type (
	folderRecord struct {
		Path     string            `json:"path"`
		Platform manifest.Platform `json:"platform"`
	}
	faultRecord struct {
		Path  string `json:"path"`
		Error string `json:"error"`
	}
	linkRecord struct {
		Path   string `json:"path"`
		Target string `json:"target,omitempty"`
		Inside bool   `json:"inside,omitempty"`
	}
)

// appendFile writes a file's object, several times as fast as reflection: a scan of
// every file writes a million of them.
func appendFile(b []byte, f *File) []byte {
	b = appendText(b, `{"path":`, f.Path)
	b = strconv.AppendInt(append(b, `,"size":`...), f.Size, 10)
	if !f.Modified.IsZero() {
		b = append(f.Modified.UTC().AppendFormat(append(b, `,"modified":"`...), time.RFC3339), '"')
	}
	if f.Format != "" {
		b = appendText(b, `,"format":`, string(f.Format))
	}
	if f.Machine != 0 {
		b = fmt.Appendf(b, `,"machine":"0x%04x"`, uint16(f.Machine))
	}
	if f.AnyCPU {
		b = append(b, `,"any_cpu":true`...)
	}
	if f.Ending != "" {
		b = appendText(b, `,"ending":`, string(f.Ending))
	}
	if f.Ending == pefile.Versioned {
		b = appendText(b, `,"version":`, f.Version.String())
	}
	if f.StringVersion != "" {
		b = appendText(b, `,"string_version":`, f.StringVersion)
	}
	if f.Detail != "" {
		b = appendText(b, `,"detail":`, f.Detail)
	}
	if f.NoSignature {
		b = append(b, `,"no_signature":true`...)
	}
	if f.MD5 != "" {
		b = appendText(b, `,"md5":`, f.MD5)
	}
	if f.SHA256 != "" {
		b = appendText(b, `,"sha256":`, f.SHA256)
	}
	if f.Signature != nil {
		b = appendSignature(b, f.Signature)
	}
	return append(b, '}')
}

// appendText writes a key and a text in ASCII.
func appendText(b []byte, key, text string) []byte {
	b = append(b, key...)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(text) // a text: cannot fail
			return appendASCII(b, string(quoted))
		}
	}
	return append(append(append(b, '"'), text...), '"')
}
