package cab

// bitReader reads a frame of LZX: words of 16 bits, the low byte first, and in them
// the highest bit first. Behind its end it reads zeros, and says so when asked.
type bitReader struct {
	in   []byte
	at   int    // of the next byte that is not in held
	held uint64 // bits, from the top
	n    uint   // how many
}

// fill makes at least 32 bits ready.
func (r *bitReader) fill() {
	if r.n > 32 {
		return
	}
	if r.at+4 <= len(r.in) {
		w := le.Uint32(r.in[r.at:])
		r.held |= uint64(w<<16|w>>16) << (32 - r.n)
		r.n += 32
		r.at += 4
		return
	}
	r.fillSlow()
}

func (r *bitReader) fillSlow() {
	for r.n <= 32 {
		var w uint64
		for i := range 2 {
			if r.at+i < len(r.in) {
				w |= uint64(r.in[r.at+i]) << (8 * i)
			}
		}
		r.held |= w << (48 - r.n)
		r.n += 16
		r.at += 2
	}
}

// take gives n of the bits that are ready, at most 32.
func (r *bitReader) take(n uint) uint32 {
	v := uint32(r.held >> 32 >> (32 - n))
	r.held <<= n
	r.n -= n
	return v
}

// bits gives the next n bits, at most 32.
func (r *bitReader) bits(n uint) uint32 {
	r.fill()
	return r.take(n)
}

// overrun reports that more bits were taken than there are.
func (r *bitReader) overrun() bool { return r.at*8-int(r.n) > len(r.in)*8 }

// align goes on to the next word, at least one bit further.
func (r *bitReader) align() {
	r.at = ((r.at*8-int(r.n))/16 + 1) * 2
	r.held, r.n = 0, 0
}

// bytes gives the next n bytes of an aligned reader, nil where there are fewer.
func (r *bitReader) bytes(n int) []byte {
	if n > len(r.in)-r.at {
		return nil
	}
	r.at += n
	return r.in[r.at-n : r.at]
}

// skip leaves out a byte of an aligned reader.
func (r *bitReader) skip() { r.at++ }

// rest is how many bytes an aligned reader has left.
func (r *bitReader) rest() int { return len(r.in) - r.at }

// A code has at most codeBits bits; those of up to fastBits are found in one step.
const (
	codeBits = 16
	fastBits = 10
)

// huffman decodes one canonical code.
type huffman struct {
	fast  [1 << fastBits]uint16 // symbol<<4 | length, 0 where the code is longer
	ends  [codeBits + 1]uint32  // by length: the first code that is longer, in 16 bits
	index [codeBits + 1]int     // by length: what to add to a code for its place in order
	order [maxMainElement]uint16
}

// build makes the code of these lengths, 0 for symbols that do not occur. It is false
// unless the code is complete, or empty.
func (h *huffman) build(lengths []uint8) bool {
	var count [codeBits + 1]int
	for _, l := range lengths {
		count[l]++
	}
	count[0] = 0
	code, before := uint32(0), 0
	var place [codeBits + 1]int
	for l := 1; l <= codeBits; l++ {
		place[l] = before
		h.index[l] = before - int(code>>(codeBits-l))
		before += count[l]
		code += uint32(count[l]) << (codeBits - l)
		h.ends[l] = code
		if code > 1<<codeBits {
			return false
		}
	}
	if code != 0 && code != 1<<codeBits {
		return false
	}
	for symbol, l := range lengths {
		if l > 0 {
			h.order[place[l]] = uint16(symbol)
			place[l]++
		}
	}
	h.fillFast(count)
	return true
}

func (h *huffman) fillFast(count [codeBits + 1]int) {
	at, n := 0, 0
	for l := 1; l <= fastBits; l++ {
		for range count[l] {
			entry := h.order[n]<<4 | uint16(l)
			n++
			for range 1 << (fastBits - l) {
				h.fast[at] = entry
				at++
			}
		}
	}
	clear(h.fast[at:])
}

// symbol decodes the next symbol from the bits that are ready, of which it takes at
// most 16; it is -1 where the code is empty.
func (r *bitReader) symbol(h *huffman) int {
	if e := h.fast[r.held>>(64-fastBits)]; e != 0 {
		r.held <<= e & 15
		r.n -= uint(e & 15)
		return int(e >> 4)
	}
	return r.long(h)
}

func (r *bitReader) long(h *huffman) int {
	code := uint32(r.held >> (64 - codeBits))
	for l := fastBits + 1; l <= codeBits; l++ {
		if code < h.ends[l] {
			r.held <<= l
			r.n -= uint(l)
			return int(h.order[h.index[l]+int(code>>(codeBits-l))])
		}
	}
	return -1
}
