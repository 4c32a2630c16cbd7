package msi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kbverify/pecheck/visible"
)

// ErrOtherProduct says that a patch is not for the package: for another product,
// or for another version of it.
var ErrOtherProduct = errors.New("the patch is for another product")

// The high half of a transform's Summary.Characters: what of the base has to agree
// (MsiCreateTransformSummaryInfo, iValidation).
const (
	wantLanguage     = 0x0001
	wantProduct      = 0x0002
	wantMajor        = 0x0008 // compare the first number of the version
	wantMinor        = 0x0010 // the first two
	wantUpdate       = 0x0020 // all three
	wantLess         = 0x0040 // the package's version is less than the transform's base
	wantLessEqual    = 0x0080
	wantEqual        = 0x0100
	wantGreaterEqual = 0x0200
	wantGreater      = 0x0400
	wantUpgradeCode  = 0x0800
)

// maxTransforms caps the transforms of a patch, of which it has two a target.
const maxTransforms = 2000

// Targets lists the product codes that a patch says it is for.
func (p *Package) Targets() []string {
	var out []string
	for code := range strings.SplitSeq(p.summary.Template, ";") {
		if code = strings.TrimSpace(code); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// base is what a transform says it was made for.
type base struct {
	product, version, upgrade string
}

// baseOf reads "{product}version;{product}version;{upgrade}".
func baseOf(s Summary) base {
	parts := strings.Split(s.Revision, ";")
	product, version, _ := strings.Cut(parts[0], "}")
	b := base{product: strings.TrimSpace(product) + "}", version: strings.TrimSpace(version)}
	if len(parts) > 2 {
		b.upgrade = strings.TrimSpace(parts[2])
	}
	return b
}

// Apply lays the transforms of a patch over the package: those that are made for
// it, as their conditions say. The error is ErrOtherProduct where there is none, and
// names both; the package is unusable after any other error.
func (p *Package) Apply(patch *Package) error {
	if p.kind != KindPackage || patch.kind != KindPatch {
		return fmt.Errorf("cannot apply an %s to an %s: want a patch, and a package to apply it to", patch.kind, p.kind)
	}
	names, err := patch.transforms()
	if err != nil {
		return err
	}
	is := p.product()
	listed := slices.ContainsFunc(patch.Targets(), func(code string) bool { return strings.EqualFold(code, is.code) })
	var fitting []*transformer
	var why []string
	for _, name := range names {
		t, err := p.transformer(patch, name)
		if err != nil {
			return err
		}
		reason := t.unfit(is)
		if reason == "" && !listed {
			reason = "the patch does not list the product"
		}
		if reason == "" {
			fitting = append(fitting, t)
		} else {
			why = append(why, reason)
		}
	}
	if len(fitting) == 0 {
		return fmt.Errorf("%w: %s; the package is %s", ErrOtherProduct, describe(why), is)
	}
	for _, t := range fitting {
		if err := p.lay(patch, t); err != nil {
			return err
		}
	}
	return nil
}

// describe joins the reasons, each once.
func describe(why []string) string {
	slices.Sort(why)
	why = slices.Compact(why)
	const most = 4
	if n := len(why); n > most {
		why = append(why[:most:most], fmt.Sprintf("and %d more", n-most))
	}
	return strings.Join(why, ", ")
}

// product is what a package installs.
type product struct{ code, name, version, language, upgrade string }

func (p *Package) product() product {
	return product{code: p.ProductCode(), name: p.Property("ProductName"), version: p.Property("ProductVersion"),
		language: p.Property("ProductLanguage"), upgrade: p.Property("UpgradeCode")}
}

func (p product) String() string {
	return strings.Join(strings.Fields(visible.Short(p.name)+" "+visible.Short(p.version)+" "+visible.Short(p.code)), " ")
}

// transforms lists the patch's transforms of contents in order: "T1" of ":T1;:#T1".
func (p *Package) transforms() ([]string, error) {
	var out []string
	for name := range strings.SplitSeq(p.summary.LastSavedBy, ";") {
		name, inside := strings.CutPrefix(strings.TrimSpace(name), ":")
		if !inside || strings.HasPrefix(name, "#") {
			continue
		}
		if slices.Contains(out, name) {
			return nil, damaged("SummaryInformation", "transform %s is listed twice", visible.Quote(visible.Short(name)))
		}
		if out = append(out, name); len(out) > maxTransforms {
			return nil, damaged("SummaryInformation", "more than %d transforms", maxTransforms)
		}
	}
	if len(out) == 0 {
		return nil, damaged("SummaryInformation", "the patch lists no transform")
	}
	return out, nil
}

// transformer opens a transform of a patch.
func (p *Package) transformer(patch *Package, name string) (*transformer, error) {
	e := patch.db.streams[name]
	if e == nil || !e.Storage {
		return nil, damaged("transform "+visible.Quote(visible.Short(name)), "the patch lists it, and does not hold it")
	}
	changes, err := newDatabase(patch.db.file, e)
	if err != nil {
		return nil, err
	}
	t := &transformer{base: p.db, changes: changes, name: name}
	t.summary, err = changes.readSummary()
	return t, err
}

// lay applies a transform and then the one that keeps the books: which medium has
// the new files.
func (p *Package) lay(patch *Package, t *transformer) error {
	if err := t.apply(); err != nil {
		return fmt.Errorf("transform %s: %w", visible.Quote(visible.Short(t.name)), err)
	}
	p.doubts = append(p.doubts, t.findings...)
	books := "#" + t.name
	if patch.db.streams[books] == nil {
		return nil
	}
	known := p.disks()
	b, err := p.transformer(patch, books)
	if err == nil {
		err = b.apply()
	}
	if err != nil {
		return fmt.Errorf("transform %s: %w", visible.Quote(visible.Short(books)), err)
	}
	p.doubts = append(p.doubts, b.findings...)
	if p.media == nil {
		p.media = map[int32]*Package{}
	}
	for disk := range p.disks() {
		if !known[disk] {
			p.media[disk] = patch
		}
	}
	return nil
}

// disks are the numbers of the media.
func (p *Package) disks() map[int32]bool {
	out := map[int32]bool{}
	if t, err := p.db.table("Media"); err == nil {
		if id := t.Column("DiskId"); id >= 0 && !t.Columns[id].text() {
			for row := range t.Len() {
				n, _ := t.Number(row, id)
				out[n] = true
			}
		}
	}
	return out
}

// unfit says why a transform is not for the package, or "". One that was made for
// another product never is, whatever it asks for.
func (t *transformer) unfit(is product) string {
	b, want := baseOf(t.summary), uint32(t.summary.Characters)>>16
	of := visible.Short(strings.TrimSpace(b.product + " " + b.version))
	switch {
	case !strings.EqualFold(b.product, is.code):
		return "for " + of
	case want&wantUpgradeCode != 0 && !strings.EqualFold(b.upgrade, is.upgrade):
		return "for upgrade code " + visible.Short(b.upgrade)
	case want&wantLanguage != 0 && !t.speaks(is.language):
		return "for language " + visible.Short(t.summary.Template)
	case !versionFits(want, is.version, b.version):
		return "for version " + of
	}
	return ""
}

// speaks reports that the transform is for a language, or for any.
func (t *transformer) speaks(language string) bool {
	_, languages, named := strings.Cut(t.summary.Template, ";")
	return !named || languages == "" || languages == "0" || slices.Contains(strings.Split(languages, ","), language)
}

// versionFits compares a package's version with that of a transform's base in as
// many numbers as the conditions say.
func versionFits(want uint32, is, base string) bool {
	numbers := 0
	for n, bit := range []uint32{wantMajor, wantMinor, wantUpdate} {
		if want&bit != 0 {
			numbers = n + 1
		}
	}
	if numbers == 0 {
		return true
	}
	c := slices.Compare(versionNumbers(is)[:numbers], versionNumbers(base)[:numbers])
	switch {
	case want&wantLess != 0:
		return c < 0
	case want&wantLessEqual != 0:
		return c <= 0
	case want&wantEqual != 0:
		return c == 0
	case want&wantGreaterEqual != 0:
		return c >= 0
	case want&wantGreater != 0:
		return c > 0
	}
	return true
}

// versionNumbers gives the three numbers of a product's version.
func versionNumbers(version string) []int {
	out := make([]int, 3)
	for i, part := range strings.SplitN(version, ".", 4) {
		if i < 3 {
			out[i], _ = strconv.Atoi(part)
		}
	}
	return out
}
