package cabtest

import (
	"encoding/binary"
	"slices"
)

// The types of LZX blocks.
const (
	Verbatim     = 1
	Aligned      = 2
	Uncompressed = 3
)

// slotBits is how many bits follow a position slot, and slotBase the least offset of
// one, plus 2.
func slotBits(slot int) uint8 {
	if slot < 4 {
		return 0
	}
	return uint8(min(slot/2-1, 17))
}

func slotBase(slot int) (base uint32) {
	for i := range slot {
		base += 1 << slotBits(i)
	}
	return base
}

// bitWriter writes words of 16 bits as bitReader reads them.
type bitWriter struct {
	out  []byte
	held uint32
	n    int
}

func (w *bitWriter) bits(v uint32, n int) {
	for ; n > 0; n-- {
		w.held = w.held<<1 | v>>(n-1)&1
		if w.n++; w.n == 16 {
			w.out = le.AppendUint16(w.out, uint16(w.held))
			w.held, w.n = 0, 0
		}
	}
}

func (w *bitWriter) align(always bool) {
	if w.n > 0 || always {
		w.bits(0, 16-w.n)
	}
}

// code is a canonical code to write with.
type code struct {
	lengths []uint8
	values  []uint32
}

func (c *code) put(w *bitWriter, symbol int) { w.bits(c.values[symbol], int(c.lengths[symbol])) }

// newCode makes a complete code of at most limit bits for what occurs.
func newCode(counts []int, limit int) *code {
	counts = slices.Clone(counts)
	for i := 0; i < len(counts) && len(counts)-count(counts, 0) < 2; i++ {
		counts[i] = max(counts[i], 1) // one symbol alone makes no complete code
	}
	for {
		if lengths := huffmanLengths(counts); int(slices.Max(lengths)) <= limit {
			c := &code{lengths, make([]uint32, len(lengths))}
			next := uint32(0)
			for l := uint8(1); int(l) <= limit; l++ {
				for s := range lengths {
					if lengths[s] == l {
						c.values[s] = next
						next++
					}
				}
				next <<= 1
			}
			return c
		}
		for i := range counts {
			counts[i] = (counts[i] + 1) / 2
		}
	}
}

func count(list []int, v int) (n int) {
	for _, x := range list {
		if x == v {
			n++
		}
	}
	return n
}

func huffmanLengths(counts []int) []uint8 {
	type node struct {
		weight  int
		symbols []int
	}
	var nodes []node
	for s, n := range counts {
		if n > 0 {
			nodes = append(nodes, node{n, []int{s}})
		}
	}
	lengths := make([]uint8, len(counts))
	for len(nodes) > 1 {
		slices.SortStableFunc(nodes, func(a, b node) int { return b.weight - a.weight })
		a, b := nodes[len(nodes)-1], nodes[len(nodes)-2]
		joined := node{a.weight + b.weight, slices.Concat(a.symbols, b.symbols)}
		for _, s := range joined.symbols {
			lengths[s]++
		}
		nodes = append(nodes[:len(nodes)-2], joined)
	}
	return lengths
}

// lzxWriter packs LZX: greedy, in blocks of many lengths and of all types in turn.
type lzxWriter struct {
	all    []byte
	window int
	slots  int
	recent [3]uint32
	before [2][]uint8 // lengths of the main and the length code
	w      bitWriter
	frames []Frame
	heads  map[uint32]int
}

// token is a literal, or a match.
type token struct {
	at, main, length int // length is -1 without an element of the length code
	extra            uint32
	extraBits        uint8
	size             int
}

// PackLZX packs with a translation size (0 for none) and blocks of these types in
// turn; kinds other than 1, 2 and 3 are left out.
func PackLZX(all []byte, bits int, calls uint32, kinds ...int) []Frame {
	z := &lzxWriter{all: all, window: 1 << bits, slots: []int{30, 32, 34, 36, 38, 42, 50}[bits-15],
		recent: [3]uint32{1, 1, 1},
		heads:  map[uint32]int{}}
	z.before = [2][]uint8{make([]uint8, 256+z.slots*8), make([]uint8, 249)}
	if calls == 0 {
		z.w.bits(0, 1)
	} else {
		z.w.bits(1, 1)
		z.w.bits(calls, 32)
	}
	kinds = slices.DeleteFunc(kinds, func(k int) bool { return k < 1 || k > 3 })
	sizes := []int{1, 700, 50_001, 32_768, 9_999, 131_072, 333, 65_536}
	for at, i := 0, 0; at < len(all); i++ {
		end := min(at+sizes[i%len(sizes)], len(all))
		z.write(at, end, kinds[i%len(kinds)])
		at = end
	}
	return z.frames
}

// flush ends a Frame.
func (z *lzxWriter) flush(at int) {
	if at%block == 0 || at == len(z.all) {
		z.w.align(false)
		z.frames = append(z.frames, Frame{z.w.out, at - len(z.frames)*block})
		z.w = bitWriter{}
	}
}

func (z *lzxWriter) write(at, end, kind int) {
	z.w.bits(uint32(kind), 3)
	z.w.bits(uint32(end-at), 24)
	if kind == Uncompressed {
		z.w.align(true)
		for _, r := range z.recent {
			z.w.out = le.AppendUint32(z.w.out, r)
		}
		for start := at; at < end; {
			n := min(end, (at/block+1)*block)
			z.w.out = append(z.w.out, z.all[at:n]...)
			if at = n; at == end && (end-start)&1 == 1 {
				z.w.out = append(z.w.out, 0)
			}
			z.flush(at)
		}
		return
	}
	tokens := z.tokens(at, end)
	main, length := make([]int, 256+z.slots*8), make([]int, 249)
	align := make([]int, 8)
	for _, t := range tokens {
		main[t.main]++
		if t.length >= 0 {
			length[t.length]++
		}
		if t.extraBits >= 3 {
			align[t.extra&7]++
		}
	}
	mainCode, lengthCode, alignCode := newCode(main, 16), newCode(length, 16), newCode(align, 7)
	if kind == Aligned {
		for _, l := range alignCode.lengths {
			z.w.bits(uint32(l), 3)
		}
	}
	z.lengths(z.before[0][:256], mainCode.lengths[:256])
	z.lengths(z.before[0][256:], mainCode.lengths[256:])
	z.lengths(z.before[1], lengthCode.lengths)
	for _, t := range tokens {
		mainCode.put(&z.w, t.main)
		if t.length >= 0 {
			lengthCode.put(&z.w, t.length)
		}
		if kind == Aligned && t.extraBits >= 3 {
			z.w.bits(t.extra>>3, int(t.extraBits)-3)
			alignCode.put(&z.w, int(t.extra&7))
		} else {
			z.w.bits(t.extra, int(t.extraBits))
		}
		z.flush(t.at + t.size)
	}
}

// lengths writes code lengths as differences, and keeps them.
func (z *lzxWriter) lengths(before, now []uint8) {
	type element struct {
		symbol, extra, bits int
		then                int // symbol after 19, else -1
	}
	var elements []element
	counts := make([]int, 20)
	for i := 0; i < len(now); {
		run := 1
		for i+run < len(now) && now[i+run] == now[i] {
			run++
		}
		delta := (int(before[i]) - int(now[i]) + 17) % 17
		var e element
		switch {
		case now[i] == 0 && run >= 20:
			run = min(run, 51)
			e = element{18, run - 20, 5, -1}
		case now[i] == 0 && run >= 4:
			run = min(run, 19)
			e = element{17, run - 4, 4, -1}
		case run >= 4:
			run = min(run, 5)
			e = element{19, run - 4, 1, delta}
			counts[delta]++
		default:
			run = 1
			e = element{delta, 0, 0, -1}
		}
		counts[e.symbol]++
		elements = append(elements, e)
		i += run
	}
	c := newCode(counts, 15)
	for _, l := range c.lengths {
		z.w.bits(uint32(l), 4)
	}
	for _, e := range elements {
		c.put(&z.w, e.symbol)
		z.w.bits(uint32(e.extra), e.bits)
		if e.then >= 0 {
			c.put(&z.w, e.then)
		}
	}
	copy(before, now)
}

func (z *lzxWriter) tokens(at, end int) (tokens []token) {
	for at < end {
		limit := min(end, (at/block+1)*block, at+257) - at
		offset, size := z.match(at, limit)
		t := token{at: at, main: int(z.all[at]), length: -1, size: 1}
		if size >= 2 {
			t = z.matchToken(at, uint32(offset), size)
		}
		for i := at; i < at+t.size; i++ {
			if i+4 <= len(z.all) {
				z.heads[binary.LittleEndian.Uint32(z.all[i:])] = i
			}
		}
		tokens = append(tokens, t)
		at += t.size
	}
	return tokens
}

// match looks where the bytes at at were before: at a recent offset or by their hash.
func (z *lzxWriter) match(at, limit int) (offset, size int) {
	try := func(back, least int) {
		n := 0
		for back > 0 && back <= at && back <= z.window-3 && n < limit && z.all[at+n] == z.all[at-back+n] {
			n++
		}
		if n >= least && n > size {
			offset, size = back, n
		}
	}
	for _, r := range z.recent {
		try(int(r), 2)
	}
	if at+4 <= len(z.all) {
		if before, ok := z.heads[binary.LittleEndian.Uint32(z.all[at:])]; ok {
			try(at-before, 4)
		}
	}
	return offset, size
}

func (z *lzxWriter) matchToken(at int, offset uint32, size int) token {
	t := token{at: at, length: -1, size: size}
	slot := slices.Index(z.recent[:], offset)
	if slot >= 0 {
		z.recent[0], z.recent[slot] = z.recent[slot], z.recent[0]
	} else {
		slot = z.slots - 1
		for slotBase(slot) > offset+2 {
			slot--
		}
		t.extra, t.extraBits = offset+2-slotBase(slot), slotBits(slot)
		z.recent = [3]uint32{offset, z.recent[0], z.recent[1]}
	}
	header := min(size-2, 7)
	if header == 7 {
		t.length = size - 2 - 7
	}
	t.main = 256 + slot*8 + header
	return t
}
