package inventory

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"kbverify/manifest"
	"kbverify/pecheck/pefile"
)

// fileLines stands between an inventory's text and the JSON reader. It takes the
// files that stand each on a line, as appendFile writes those that have nothing odd,
// and hands on everything else: several times as fast, and a million of them are
// nearly all of the text. What it takes has passed every check of decoder.file;
// whatever does not is left to that, and to what it says of it.
type fileLines struct {
	in    *bufio.Reader
	d     *decoder
	state linesState
	rest  []byte // what is being handed on
	begun bool   // what comes next is not the beginning of a line

	first bool  // no file was seen yet
	comma bool  // behind the latest file
	taken int64 // files
	slow  int64 // files handed on
	f     File
}

type linesState int

const (
	beforeFiles linesState = iota
	amongFiles
	afterFiles
)

// lineBytes is how long a line may be to be looked at as one. Longer ones are handed on.
const lineBytes = 64 << 10

func newFileLines(r io.Reader, d *decoder) *fileLines {
	return &fileLines{in: bufio.NewReaderSize(r, lineBytes), d: d, first: true}
}

// Read implements io.Reader. The JSON reader asks for more when it has dealt with all
// that it was given, which among the files is never more than one.
func (l *fileLines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		if l.state == afterFiles {
			return l.in.Read(p)
		}
		line, err := l.in.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		whole := !l.begun && err == nil
		l.begun = errors.Is(err, bufio.ErrBufferFull)
		if l.state == beforeFiles {
			if l.rest = line; whole && string(bytes.TrimRight(line, "\r\n")) == `"files": [` {
				l.state = amongFiles
			}
			continue
		}
		l.file(line, whole)
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// file takes a line, or hands it on with the commas that the JSON reader has to see:
// it does not see the files that were taken, nor the commas behind them.
func (l *fileLines) file(line []byte, whole bool) {
	text, comma := bytes.CutSuffix(bytes.TrimRight(line, "\r\n"), []byte(","))
	if len(text) == 0 && !comma {
		l.rest = line
		return
	}
	inStep := whole && l.d.files == l.slow
	if inStep && (l.first || l.comma) && l.take(text) {
		l.first, l.comma = false, comma
		l.taken++
		return
	}
	before := ""
	closing := bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("]"))
	switch {
	case closing && !l.first && l.comma:
		before = "," // one too many
	case !closing && !l.first && !l.comma:
		before = "0" // one is missing: no file, whatever follows
	case !closing && l.slow > 0:
		before = ","
	}
	l.first = false
	if closing || !inStep || !bytes.HasPrefix(text, []byte("{")) || !bytes.HasSuffix(text, []byte("}")) {
		l.state, l.rest = afterFiles, append([]byte(before), line...)
		return
	}
	l.slow++
	l.comma, l.rest = comma, append(append([]byte(before), text...), '\n')
}

// take reads a file that stands on a line as appendFile writes it, and keeps it if it
// is wanted. It reports false for whatever is not quite so, and has done nothing then.
func (l *fileLines) take(text []byte) bool {
	d := l.d
	l.f = File{}
	path, versioned, ok := parseFile(text, &l.f)
	if d.inv.Signatures && l.f.Format == pefile.PE { // it has to have one
		return false
	}
	if !ok || len(path) > longestPath || comparePaths(d.last, path) >= 0 || checkImage(&l.f.Image, versioned) != nil {
		return false
	}
	base, depth := 0, 0
	for i, c := range path {
		if c == '/' {
			if depth++; !isElement(path[base:i]) {
				return false
			}
			base = i + 1
		}
	}
	if !isElement(path[base:]) || depth > maxDepth {
		return false
	}
	wanted := d.names == nil || d.names.wants(path[base:])
	if wanted || !d.exclude.none() {
		l.f.Path = string(path)
	}
	if (wanted || d.exclude.idle()) && !d.exclude.none() {
		left := d.exclude.within(strings.Split(l.f.Path, "/")) // nothing in it is escaped
		wanted = wanted && !left
	}
	if wanted && d.to.file(&l.f) != nil {
		return false // it is met again, and said
	}
	d.last = append(d.last[:0], path...)
	return true
}

// locate puts a problem where it is in the whole text: the JSON reader does not know
// of the lines that were taken before it.
func (l *fileLines) locate(p *manifest.Problem) {
	if l.state == beforeFiles || l.taken == 0 {
		return
	}
	p.Line += int(l.taken)
	var i int64
	if n, _ := fmt.Sscanf(p.Place, "files[%d]", &i); n == 1 {
		p.Place = strings.Replace(p.Place, fmt.Sprintf("[%d]", i), fmt.Sprintf("[%d]", i+l.taken), 1)
	}
}

// isElement reports a name that can stand in a path.
func isElement(name []byte) bool { return len(name) > 0 && string(name) != "." && string(name) != ".." }

// parseFile reads the object that appendFile writes of a file whose texts are plain
// ASCII: the keys that most have, in their order. Everything else is not ok. The path
// is that of the text, and not yet checked.
func parseFile(text []byte, f *File) (path []byte, versioned, ok bool) {
	p := plainParser{rest: text, ok: true}
	p.want(`{"path":"`)
	path = p.text()
	p.want(`,"size":`)
	f.Size = p.number()
	if p.has(`,"modified":"`) {
		f.Modified = p.time()
	}
	if p.has(`,"format":"`) {
		f.Format = known(&p, formats)
	}
	if p.has(`,"machine":"0x`) {
		f.Machine = pefile.Machine(p.hexadecimal(4))
		p.want(`"`)
		p.ok = p.ok && f.Machine != 0
	}
	f.AnyCPU = p.has(`,"any_cpu":true`)
	if p.has(`,"ending":"`) {
		f.Ending = known(&p, endings)
	}
	if versioned = p.has(`,"version":"`); versioned {
		f.Version = p.version()
	}
	if p.has(`,"md5":"`) {
		f.MD5 = p.digest(2 * md5.Size)
	}
	if p.has(`,"sha256":"`) {
		f.SHA256 = p.digest(2 * sha256.Size)
	}
	p.want(`}`)
	return path, versioned, p.ok && len(p.rest) == 0 && (f.Ending != pefile.Unreadable || f.MD5+f.SHA256 == "")
}

// plainParser reads a text from its beginning. It is not ok once something was not as
// it has to be, and then gives nothing that is of use.
type plainParser struct {
	rest []byte
	ok   bool
}

func (p *plainParser) has(text string) bool {
	if len(p.rest) < len(text) || string(p.rest[:len(text)]) != text {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

func (p *plainParser) want(text string) { p.ok = p.has(text) && p.ok }

// text reads up to a quotation mark. No character in it needs, or has, an escape.
func (p *plainParser) text() []byte {
	for i, c := range p.rest {
		switch {
		case c == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			return text
		case c < ' ' || c > '~' || c == '\\':
			p.ok = false
			return nil
		}
	}
	p.ok = false
	return nil
}

// number reads digits as JSON has them, of at most 18.
func (p *plainParser) number() (n int64) {
	i := 0
	for ; i < len(p.rest) && i <= 18 && '0' <= p.rest[i] && p.rest[i] <= '9'; i++ {
		n = 10*n + int64(p.rest[i]-'0')
	}
	p.ok = p.ok && i > 0 && i <= 18 && (p.rest[0] != '0' || i == 1)
	p.rest = p.rest[i:]
	return n
}

// digits reads so many decimal digits.
func (p *plainParser) digits(count int) (n int) {
	if len(p.rest) < count {
		p.ok = false
		return 0
	}
	for _, c := range p.rest[:count] {
		p.ok = p.ok && '0' <= c && c <= '9'
		n = 10*n + int(c-'0')
	}
	p.rest = p.rest[count:]
	return n
}

func (p *plainParser) hexadecimal(count int) (n uint32) {
	if len(p.rest) < count {
		p.ok = false
		return 0
	}
	for _, c := range p.rest[:count] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | uint32(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | uint32(c-'a'+10)
		default:
			p.ok = false
		}
	}
	p.rest = p.rest[count:]
	return n
}

// time reads "2008-12-01T01:40:00Z" and the quotation mark behind it.
func (p *plainParser) time() time.Time {
	year := p.digits(4)
	p.want("-")
	month := p.digits(2)
	p.want("-")
	day := p.digits(2)
	p.want("T")
	hour := p.digits(2)
	p.want(":")
	minute := p.digits(2)
	p.want(":")
	second := p.digits(2)
	p.want(`Z"`)
	// The last days of a month are left to the slow reader, and so is the year 1, in which the zero time is.
	p.ok = p.ok && year > 1 && 1 <= month && month <= 12 && 1 <= day && day <= 28 &&
		hour < 24 && minute < 60 && second < 60
	if !p.ok {
		return time.Time{}
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
}

// version reads four numbers of up to 65535, and the quotation mark behind them.
func (p *plainParser) version() (v manifest.Version) {
	for i := range v {
		n := p.number()
		p.ok = p.ok && n <= math.MaxUint16
		v[i] = uint16(n)
		p.want([...]string{".", ".", ".", `"`}[i])
	}
	return v
}

func (p *plainParser) digest(count int) string {
	start := p.rest
	for range count / 4 {
		p.hexadecimal(4)
	}
	p.want(`"`)
	if !p.ok {
		return ""
	}
	return string(start[:count])
}

// known reads one of some texts, and the quotation mark behind it.
func known[T ~string](p *plainParser, texts []T) (none T) {
	text := p.text()
	for _, t := range texts {
		if t != "" && string(text) == string(t) {
			return t
		}
	}
	p.ok = false
	return none
}
