package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kbverify/internal/strictjson"
)

// MaxBytes caps the text of one manifest: a recorded root of 250,000 files, and
// more than a hundred times what Microsoft's longest article makes.
const MaxBytes = 64 << 20

// limits cap the shape of a manifest's text.
var limits = strictjson.Limits{
	Values: 2 << 20, // those of 250,000 files
	Faults: maxFaults + 1,
}

// Parse reads a manifest from JSON text. It is strict: unknown and repeated
// keys, wrong types and everything that Validate objects to are faults. file
// names the text in messages. The error is a Problems with all of them; text
// that is not JSON has one fault, where reading it stopped.
func Parse(file string, data []byte) (*Manifest, error) {
	if len(data) > MaxBytes {
		return nil, Problems{{file, 1, "", fmt.Sprintf("larger than %d bytes, no manifest is", MaxBytes)}}
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	r := strictjson.New(bytes.NewReader(data), limits)
	var d document
	object(documentFields)(r, &d)
	if stop := r.End(); stop != nil {
		return nil, Problems{whyNoManifest(file, stop)}
	}
	faults := r.Faults()
	blamed := blamedPlaces(faults)
	for _, p := range d.problems() {
		if !isBlamed(blamed, p.Place) {
			faults = append(faults, strictjson.Fault{Place: p.Place, Err: errors.New(p.Text)})
		}
	}
	if len(faults) > 0 {
		return nil, located(file, data, faults)
	}
	return &d.Manifest, nil
}

// byteOrderMark is what Notepad puts in front of UTF-8 text.
var byteOrderMark = []byte("\uFEFF")

// whyNoManifest says why the reading of the text stopped.
func whyNoManifest(file string, stop *strictjson.Fault) Problem {
	p := Problem{File: file, Line: stop.Line, Text: "not a manifest: " + stop.Error()}
	if _, repeated := stop.Err.(*strictjson.RepeatedKey); repeated {
		p.Place, p.Text = stop.Place, stop.Error()
	}
	switch stop.Err {
	case strictjson.ErrUTF8:
		p.Text = "not UTF-8 text: save it as UTF-8"
	case strictjson.ErrLimit:
		p.Text = "not a manifest: more values than any manifest"
	}
	return p
}

// blamedPlaces are those whose value could not be read.
func blamedPlaces(faults []strictjson.Fault) map[string]bool {
	blamed := map[string]bool{}
	for _, f := range faults {
		if _, unknown := f.Err.(*strictjson.UnknownKey); !unknown {
			blamed[f.Place] = true
		}
	}
	return blamed
}

// isBlamed reports that the value at place, or one around it, is blamed already.
func isBlamed(blamed map[string]bool, place string) bool {
	for len(blamed) > 0 {
		if blamed[place] {
			return true
		}
		if place == "" {
			break
		}
		place = place[:max(0, strings.LastIndexAny(place, ".["))]
	}
	return false
}

// located gives the faults as Problems in the order of the text.
func located(file string, data []byte, faults []strictjson.Fault) Problems {
	places := spot{}
	for _, f := range faults {
		places.add(f.Place)
	}
	places.find(strictjson.New(bytes.NewReader(data), strictjson.Limits{}))
	for i, f := range faults {
		if f.Line == 0 {
			faults[i].Line, faults[i].Offset = places.nearest(f.Place)
		}
	}
	slices.SortStableFunc(faults, func(a, b strictjson.Fault) int { return int(a.Offset - b.Offset) })
	ps := make(Problems, len(faults))
	for i, f := range faults {
		ps[i] = Problem{file, f.Line, f.Place, f.Err.Error()}
	}
	return ps.capped()
}

// spot is a place of interest in the text, and those within it by key or index.
type spot struct {
	line   int // 0 where it is not in the text
	offset int64
	within map[string]*spot
}

// steps gives the keys and indices of a place: "tables", "0]", "name".
func steps(place string) []string {
	return strings.FieldsFunc(place, func(r rune) bool { return r == '.' || r == '[' })
}

func (s *spot) add(place string) {
	for _, step := range steps(place) {
		if s.within[step] == nil {
			if s.within == nil {
				s.within = map[string]*spot{}
			}
			s.within[step] = &spot{}
		}
		s = s.within[step]
	}
}

// find looks for the place, and those within it, in the next value.
func (s *spot) find(r *strictjson.Reader) {
	kind := r.Kind()
	s.line, s.offset = r.Line(), r.Offset()
	switch {
	case len(s.within) == 0:
	case kind == strictjson.Object:
		for key := range r.Members {
			if next := s.within[string(key)]; next != nil && next.line == 0 {
				next.find(r)
			}
		}
	case kind == strictjson.List:
		for i := range r.Items {
			if next := s.within[strconv.Itoa(i)+"]"]; next != nil {
				next.find(r)
			}
		}
	}
}

// nearest says where the place stands, or the nearest one around it.
func (s *spot) nearest(place string) (line int, offset int64) {
	for _, step := range steps(place) {
		if next := s.within[step]; next != nil && next.line > 0 {
			s = next
		} else {
			break
		}
	}
	return s.line, s.offset
}
