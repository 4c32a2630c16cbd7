package msi

import "strings"

// tableMark begins the stream name of a table.
const tableMark = '\u4840'

// The characters that stream names are packed with: two of them, 6 bits each, make
// a character from U+3800 on, one makes a character from U+4800 on.
const (
	packed   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
	packPair = 0x3800
	packOne  = 0x4800
)

// unpackName decodes the name of a stream or storage, and says whether it is that
// of a table. What is not packed stands for itself.
func unpackName(stored string) (name string, table bool) {
	rest, table := strings.CutPrefix(stored, string(tableMark))
	var b strings.Builder
	for _, r := range rest {
		switch {
		case r >= packPair && r < packOne:
			b.WriteByte(packed[(r-packPair)&0x3f])
			b.WriteByte(packed[(r-packPair)>>6])
		case r >= packOne && r < tableMark:
			b.WriteByte(packed[r-packOne])
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), table
}
