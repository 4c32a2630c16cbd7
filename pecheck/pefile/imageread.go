package pefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"kbverify/pecheck/visible"
)

var le = binary.LittleEndian

// Read reads what one file says of itself: format, machine type and file
// version. r is the file and size its length in bytes, as the file system gives
// it. Whatever the file holds, a few small reads are made (maxReads, maxBytes),
// and the answer is an Image: a read error of r is Unreadable, a file that
// contradicts its format or is cut off is Damaged, with the place in Detail.
// NoVersion is only said where the format proves it.
func Read(r io.ReaderAt, size int64) (im Image) {
	p := openProbe(r, size)
	defer p.close()
	defer func() {
		if fault := recover(); fault != nil {
			im = Image{Format: im.Format, Ending: Damaged, Detail: visible.Text(fmt.Sprint(gaveUp, fault))}
		}
	}()
	v, err := p.image(&im)
	if err == nil && im.Ending == "" {
		err = v.decode(p, &im)
	}
	if err != nil {
		im.fail(err)
	}
	return im
}

// gaveUp begins the Detail of a file on which the reading panicked. No input is
// known that does it; one file must never end the run.
const gaveUp = "the reading of this file failed: "

// fail makes im the image of a file on which reading ended with err.
func (im *Image) fail(err error) {
	im.Ending, im.Detail = Unreadable, visible.Text(err.Error())
	if damage := (damageError{}); errors.As(err, &damage) {
		im.Ending = Damaged
	}
}

// damageError is a contradiction within the file, with structure and field.
type damageError struct{ detail string }

func (e damageError) Error() string { return e.detail }

func damaged(format string, args ...any) error { return damageError{fmt.Sprintf(format, args...)} }
