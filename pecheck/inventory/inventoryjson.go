package inventory

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
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
		if err := e.file(inv.Files[i]); err != nil {
			return err
		}
	}
	return e.end(inv)
}

// ScanTo takes the inventory of root like Scan, and writes it as Encode would, file
// by file as they are found. It gives the Inventory without its Files. After an
// error what was written is not complete, and Read refuses it.
func ScanTo(ctx context.Context, root string, o Options, w io.Writer) (*Inventory, error) {
	e := &inventoryWriter{out: bufio.NewWriter(w)}
	inv, err := scan(ctx, root, o, e)
	if err != nil {
		return inv, err
	}
	return inv, e.end(inv)
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
	e.raw(",\n\"root\": ")
	e.value(inv.Root)
	e.raw(",\n\"all\": ")
	e.value(inv.All)
	writeList(e, "names", inv.Names)
	writeList(e, "excluded", inv.Excluded)
	e.raw(",\n\"files\": [")
	return e.flushed(nil)
}

// file writes one file's line.
func (e *inventoryWriter) file(f File) error {
	if e.files++; e.files > 1 {
		e.raw(",")
	}
	e.raw("\n")
	return e.value(recordOf(&f))
}

// end writes what is known after the last file.
func (e *inventoryWriter) end(inv *Inventory) error {
	e.raw("\n]")
	writeList(e, "folders", recordFolders(inv.Folders))
	writeList(e, "faults", recordFaults(inv.Faults))
	writeList(e, "links", recordLinks(inv.Links))
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
func writeList[T any](e *inventoryWriter, key string, list []T) {
	e.raw(",\n\"" + key + "\": [")
	for i, v := range list {
		if i > 0 {
			e.raw(",")
		}
		e.raw("\n")
		e.value(v) // bufio keeps the error for the flush
	}
	e.raw("]")
}
