package inventory

import (
	"bytes"
	"fmt"
	"io"
)

// meter keeps a JSON decoder, which would take a value of any length into
// memory, within bounds, and tells lines from offsets.
type meter struct {
	r     io.Reader
	read  int64
	limit int64
	ends  []int64 // offsets behind the line ends that lie ahead of the last line asked for
	lines int
}

// allow lets the decoder read one more value after the offset.
func (m *meter) allow(offset int64) {
	m.limit = max(m.read, offset) + maxValueBytes
	m.line(offset)
}

// line gives the line of an offset, from 1. Offsets may only grow.
func (m *meter) line(offset int64) int {
	passed := 0
	for passed < len(m.ends) && m.ends[passed] <= offset {
		passed++
	}
	m.lines += passed
	m.ends = m.ends[:copy(m.ends, m.ends[passed:])]
	return m.lines + 1
}

func (m *meter) Read(p []byte) (int, error) {
	if m.read >= m.limit {
		return 0, fmt.Errorf("a value of more than %d bytes, no inventory has one", maxValueBytes)
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.limit-m.read)])
	for rest, at := p[:n], m.read; ; {
		cut := bytes.IndexByte(rest, '\n')
		if cut < 0 {
			break
		}
		at += int64(cut) + 1
		m.ends = append(m.ends, at)
		rest = rest[cut+1:]
	}
	m.read += int64(n)
	return n, err
}
