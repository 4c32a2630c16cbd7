package msi

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kbverify/internal/msitest"
)

// books is the transform that says in which cabinet the new files lie.
func books() msitest.Database {
	d := changes()
	d.Changes = []msitest.Change{{Table: "Media", Columns: msitest.MediaColumns, Records: []msitest.Record{
		msitest.Insert(5, 20, nil, "#PCW_CAB_1", nil, nil)}}}
	return d
}

// A patch changes, adds and removes files, and brings the new ones in its own cabinet.
func TestPatchedFiles(t *testing.T) {
	contents := changes()
	contents.Changes = contents.Changes[:len(contents.Changes)-1] // the media are for the books
	p, patch := open(t, msitest.Small().Bytes()), open(t, patchOf([]string{"T1", "#T1"}, contents, books()).Bytes())
	if err := p.Apply(patch); err != nil {
		t.Fatal(err)
	}
	files, findings, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Damage && f.Place != "Component.Docs" { // whose KeyPath the transform removed
			t.Errorf("%+v", f)
		}
	}
	got := map[string]File{}
	for _, f := range files {
		got[f.Key] = f
	}
	if len(files) != 4 || got["exe"].Version != "2.0.1493.9" || got["exe"].Size != 1234 ||
		got["new"].Long != "Neu größer.dll" {
		t.Errorf("%+v", files)
	}
	if got["loose"].MD5 != "01000000020000000300000004000000" || got["loose"].Component != "Main" {
		t.Errorf("%+v", got["loose"])
	}
	if c := got["dll"].Cabinet; c != (Cabinet{Name: "product.cab", In: p}) {
		t.Errorf("an unchanged file lies in %+v", c)
	}
	c := got["new"].Cabinet
	if c.In != patch {
		t.Fatalf("a new file lies in %+v", c)
	}
	r, size, err := c.In.Stream(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(io.NewSectionReader(r, 0, size)); string(data) != "MSCF of the patch" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

// Which conditions of a transform let it be applied to version 1.0.3.
func TestConditions(t *testing.T) {
	tests := []struct {
		version    string
		conditions int
		fits       bool
	}{
		{"1.0.3", 0, true}, {"9.9.9", 0, true}, {"1.0.3", wantProduct | wantUpdate | wantEqual, true},
		{"1.0.4", wantUpdate | wantEqual, false}, {"1.0.4", wantMinor | wantEqual, true},
		{"1.1.0", wantMinor | wantEqual, false},
		{"1.1.0", wantMajor | wantEqual, true}, {"2.0", wantMajor | wantEqual, false}, {"1.0.4", wantUpdate | wantLess, true},
		{"1.0.3", wantUpdate | wantLess, false}, {"1.0.3", wantUpdate | wantLessEqual, true},
		{"1.0.2", wantUpdate | wantLessEqual, false}, {"1.0.3", wantUpdate | wantGreaterEqual, true},
		{"1.0.4", wantUpdate | wantGreaterEqual, false}, {"1.0.2", wantUpdate | wantGreater, true},
		{"1.0.3", wantUpdate | wantGreater, false}, {"1.0.3", wantUpgradeCode | wantLanguage, true},
	}
	for _, test := range tests {
		c := books()
		c.Summary = transformSummary(msitest.ProductCode, test.version, test.conditions)
		err := open(t, msitest.Small().Bytes()).Apply(open(t, patchOf([]string{"T1"}, c).Bytes()))
		if (err == nil) != test.fits || err != nil && !errors.Is(err, ErrOtherProduct) {
			t.Errorf("for %s with %#x: %v", test.version, test.conditions, err)
		}
	}
}

// Of several transforms the one for the package is applied, and no other.
func TestTheFittingTransformIsApplied(t *testing.T) {
	other, own := changes(), books()
	other.Summary = transformSummary(msitest.ProductCode, "1.0.2", wantUpdate|wantEqual)
	p := open(t, msitest.Small().Bytes())
	if err := p.Apply(open(t, patchOf([]string{"Old", "T1"}, other, own).Bytes())); err != nil {
		t.Fatal(err)
	}
	if got := p.Property("ProductVersion"); got != "1.0.3" {
		t.Errorf("version %s: the other transform was applied", got)
	}
}

func TestRefusedPatches(t *testing.T) {
	const other = "{22222222-2222-2222-2222-222222222222}"
	forOther := changes()
	forOther.Summary = transformSummary(other, "5.0", 0)
	language := changes()
	language.Summary = transformSummary(msitest.ProductCode, "1.0.3", wantLanguage)
	language.Summary[1].Value = ";1031"
	unlisted := patchOf([]string{"T1"}, changes())
	unlisted.Summary[1].Value = other
	without := patchOf([]string{"T1"}, changes())
	without.Storages = nil
	empty := patchOf([]string{"T1"}, changes())
	empty.Summary[2].Value = "nobody"
	missing := changes()
	missing.Summary = transformSummary(msitest.ProductCode, "1.0.3", 0)
	missing.Changes[4].Records = append(missing.Changes[4].Records, msitest.Delete("gone"))
	columns := changes()
	columns.Changes[1].Records = append(columns.Changes[1].Records, msitest.Insert("File", 3, "FileName", 0x1104))
	beyond := changes()
	beyond.Changes[4].Records = []msitest.Record{{Mask: 1 << 9, Cells: []any{"exe"}}}
	cut := changes()
	cut.Changes[4].Records = []msitest.Record{{Mask: 1 | 8<<8, Cells: []any{"exe"}}}
	tests := map[string]struct {
		patch msitest.Database
		want  string
		err   error
	}{
		"another product": {patchOf([]string{"T1"}, forOther), "for " + other + " 5.0; the package is Small product 1.0.3 " +
			msitest.ProductCode, ErrOtherProduct},
		"another language": {patchOf([]string{"T1"}, language), "for language ;1031", ErrOtherProduct},
		"not in the list":  {unlisted, "does not list the product", ErrOtherProduct},
		"lost transform":   {without, `transform "T1"`, nil},
		"no transform":     {empty, "lists no transform", nil},
		"columns changed":  {patchOf([]string{"T1"}, columns), "the transform changes columns", nil},
		"column beyond":    {patchOf([]string{"T1"}, beyond), "columns beyond", nil},
		"record cut off":   {patchOf([]string{"T1"}, cut), "cut off", nil},
		"a package":        {msitest.Small(), "cannot apply", nil},
		"transform twice":  {patchOf([]string{"T1", "T1"}, changes()), "twice", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			patch, err := Open(bytesOf(test.patch))
			if err == nil {
				err = open(t, msitest.Small().Bytes()).Apply(patch)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// A transform that meets other rows than it was made for says so.
func TestRowsThatTheTransformDoesNotMeet(t *testing.T) {
	for _, test := range []struct {
		tolerated int
		record    msitest.Record
		damage    bool
	}{
		{0, msitest.Delete("gone"), true}, {ignoreMissingDeleted, msitest.Delete("gone"), false},
		{0, msitest.Record{Mask: 1 << 4, Cells: []any{"gone", "1.0"}}, true},
		{ignoreMissingUpdated, msitest.Record{Mask: 1 << 4, Cells: []any{"gone", "1.0"}}, false},
	} {
		c := books()
		c.Summary = transformSummary(msitest.ProductCode, "1.0.3", 0)
		c.Summary[3].Value = test.tolerated
		c.Changes = []msitest.Change{{Table: "File", Columns: msitest.FileColumns, Records: []msitest.Record{test.record}}}
		p := open(t, msitest.Small().Bytes())
		if err := p.Apply(open(t, patchOf([]string{"T1"}, c).Bytes())); err != nil {
			t.Fatal(err)
		}
		_, findings, err := p.Files()
		if err != nil || len(findings) != 1 || findings[0].Place != "File.gone" || findings[0].Damage != test.damage {
			t.Errorf("%+v: %+v, %v", test, findings, err)
		}
	}
}

// A transform takes away a table, whose columns it need not name, and brings it back.
func TestTablesThatATransformTakesAway(t *testing.T) {
	base := msitest.Small()
	base.Tables = append(base.Tables, msitest.Table{Name: "Old", Columns: []string{"*Key:s9", "Value:I4"},
		Rows: [][]any{{"a", 1}}})
	c := books()
	c.Changes = append(c.Changes, msitest.Change{Table: "_Tables", Columns: []string{"*Name:s64"},
		Records: []msitest.Record{msitest.Delete("Old")}})
	p := open(t, base.Bytes())
	if _, err := p.Table("Old"); err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(open(t, patchOf([]string{"T1"}, c).Bytes())); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Table("Old"); !errors.Is(err, ErrNoTable) {
		t.Error(err)
	}
	if _, err := p.Table("File"); err != nil {
		t.Error(err)
	}
}

// What a transform cannot do to a table, and what it does beyond it.
func TestTransformsOfOtherTables(t *testing.T) {
	c := books()
	c.Changes = append(c.Changes, msitest.Change{Table: "Unknown", Columns: []string{"*Key:s9"},
		Records: []msitest.Record{msitest.Insert("x")}})
	p := open(t, msitest.Small().Bytes())
	if err := p.Apply(open(t, patchOf([]string{"T1"}, c).Bytes())); err != nil {
		t.Fatal(err)
	}
	_, findings, err := p.Files()
	if err != nil || len(findings) != 1 || !findings[0].Damage || findings[0].Place != "table Unknown" {
		t.Error(findings, err)
	}
	c = books()
	c.Summary = transformSummary(msitest.ProductCode, "1.0.3", 0)
	c.Summary[3].Value = 0
	var gone []msitest.Record
	for i := range 3 * maxDoubts {
		gone = append(gone, msitest.Delete(fmt.Sprint("gone", i)))
	}
	c.Changes = []msitest.Change{{Table: "File", Columns: msitest.FileColumns, Records: gone}}
	p = open(t, msitest.Small().Bytes())
	if err := p.Apply(open(t, patchOf([]string{"T1"}, c).Bytes())); err != nil {
		t.Fatal(err)
	}
	if _, findings, _ = p.Files(); len(findings) != maxDoubts || !strings.Contains(findings[maxDoubts-1].Text, "more") {
		t.Error(len(findings), findings[len(findings)-1])
	}
}

// A cell of the package cannot refer to a string that only the transform has.
func TestReferencesBeyondTheBase(t *testing.T) {
	s := msitest.Small().Storage()
	for i := range s.Streams {
		if s.Streams[i].Name == msitest.TableName("MsiFileHash") {
			s.Streams[i].Data[0], s.Streams[i].Data[1] = 70, 0
		}
	}
	data := msitest.CompoundFile(s, 3)
	p := open(t, data)
	if n := uint32(p.db.pool.len()); n > 70 {
		t.Fatalf("the pool ends at %d: choose another string", n)
	}
	c := books()
	for i := range 40 {
		c.Changes = append(c.Changes, msitest.Change{Table: "Property", Columns: msitest.PropertyColumns,
			Records: []msitest.Record{msitest.Insert(fmt.Sprint("key", i), fmt.Sprint("value", i))}})
	}
	c.Changes[1].Records = nil
	for _, extra := range c.Changes[2:] {
		c.Changes[1].Records = append(c.Changes[1].Records, extra.Records...)
	}
	c.Changes = c.Changes[:2]
	if err := p.Apply(open(t, patchOf([]string{"T1"}, c).Bytes())); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Files(); err == nil || !strings.Contains(err.Error(), "string 70") {
		t.Error(err)
	}
}

// A file of which a patch brings only the difference is marked.
func TestDeltas(t *testing.T) {
	d := msitest.Small()
	d.Tables = append(d.Tables, msitest.Table{Name: "Patch", Columns: []string{"*File_:s72", "*Sequence:i4"},
		Rows: [][]any{{"dll", 4}}})
	files, _, err := open(t, d.Bytes()).Files()
	if err != nil || files[0].Delta || !files[1].Delta {
		t.Error(files, err)
	}
}
