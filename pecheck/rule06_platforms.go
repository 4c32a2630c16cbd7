package pecheck

import (
	"path"
	"slices"
	"strings"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/result"
)

// Scope says which rows apply. The zero value finds out from what lies under
// the root.
type Scope struct {
	All         bool                // rows of every platform apply
	Platforms   []manifest.Platform // the rows of these apply; none: find out
	OnlyPresent bool                // rows of which no copy is here do not apply (rule 15)
	// Signatures and Trust say that signatures are asked for, and whom to trust (rule 16):
	// an inventory that does not know is trouble.
	Signatures, Trust bool
}

// apply is rule 6: it marks the expected files whose platforms count.
func (s Scope) apply(t *judged) {
	j, all := t.judge, t.files
	var found, beside map[manifest.Platform]string
	if !s.All && len(s.Platforms) == 0 {
		found, beside = t.platforms()
	}
	for _, e := range all {
		_, here := found[e.platform]
		e.inScope = s.All || !e.platform.Known() || here || slices.Contains(s.Platforms, e.platform) ||
			len(s.Platforms) == 0 && j.certain(e)
		if place, brought := beside[e.platform]; brought && !e.inScope {
			e.inScope, e.beside = true, place
		}
	}
	if len(s.Platforms) == 0 {
		t.bringIn()
	}
}

// platforms finds out which platforms count for a table. found are those for
// which a copy of the table's names is built, or in whose platform folder one
// lies, and that of the root; each with a folder that shows it. A copy in a
// platform folder speaks for that folder, whatever it is built for. beside are
// the platforms whose folder lies beside a platform folder that holds a copy:
// the hotfix's other half belongs there.
func (t *judged) platforms() (found, beside map[manifest.Platform]string) {
	j, all := t.judge, t.files
	found, beside = map[manifest.Platform]string{}, map[manifest.Platform]string{}
	if j.root != "" {
		found[j.root] = "."
	}
	holding := map[string]bool{} // folders in which platform folders hold copies
	for _, group := range byName(anywhere(all)) {
		for _, f := range t.named(group[0].name) {
			if place, p := platformFolder(f.Path); place != "" {
				found[p] = place
				holding[path.Dir(place)] = true
			} else if p := platformOf(group, f); p != "" && j.root == "" {
				found[p] = f.Path
			}
		}
	}
	for _, place := range j.places {
		if holding[path.Dir(place.Path)] {
			beside[place.Platform] = place.Path
		}
	}
	if len(holding) == 0 && len(found) == 0 && !t.anyCopy() {
		// Nothing is here, whatever counts: what is missed are the files for what there are folders for.
		for _, place := range j.places {
			found[place.Platform] = place.Path
		}
		return found, beside
	}
	none := !slices.ContainsFunc(all, func(e *expected) bool {
		return found[e.platform] != "" ||
			beside[e.platform] != ""
	})
	if none {
		t.onlyLoose(found, beside)
	}
	return found, beside
}

// platformOf gives the platform that a copy outside platform folders is built
// for, also where its row names none: that of the row that it is built for, else
// that of its machine type. A managed file for any CPU shows none by itself.
func platformOf(group []*expected, f *inventory.File) manifest.Platform {
	if e := builtFor(group, f); e != nil {
		return e.platform
	}
	if f.AnyCPU {
		return ""
	}
	return f.Platform()
}

// anyCopy reports that a file with a name of the table is here.
func (t *judged) anyCopy() bool {
	return slices.ContainsFunc(t.files, func(e *expected) bool {
		exact, patterned := t.copies(e.rows[0])
		return len(exact)+len(patterned) > 0
	})
}

// onlyLoose is for roots that show no platform: only data files, files that
// could not be read, or code for processors that the table does not name. The
// rows of their names are all that can tell; but an executable for which there
// is a row without platform stands for that row, and brings in another platform
// only where there is a folder of programs for it.
func (t *judged) onlyLoose(found, beside map[manifest.Platform]string) {
	for _, group := range byName(t.files) {
		for _, f := range t.named(group[0].name) {
			if t.judge.folderPlatform(f) != "" {
				continue
			}
			if f.Executable() && hasBareRow(group) {
				t.judge.programPlaces(path.Dir(f.Path), beside)
				continue
			}
			for _, e := range group {
				found[e.platform] = f.Path
			}
			break
		}
	}
}

// programPlaces adds the platform folders that hold programs: those in a folder
// itself, and those that are named as SMS names them, bin\alpha or alpha.bin.
func (j *judge) programPlaces(folder string, beside map[manifest.Platform]string) {
	for _, place := range j.places {
		parent, name := path.Split(place.Path)
		inBin := manifest.NameKey(path.Base(parent)) == "BIN" || strings.HasSuffix(manifest.NameKey(name), ".BIN")
		if inBin || path.Dir(place.Path) == folder {
			beside[place.Platform] = place.Path
		}
	}
}

// hasBareRow reports that one of the rows of a name says no platform.
func hasBareRow(group []*expected) bool {
	return slices.ContainsFunc(group, func(e *expected) bool { return !e.platform.Known() })
}

// bringIn puts the rows into scope without which a copy that is there would be
// judged by none, although the table has its name.
func (t *judged) bringIn() {
	for _, group := range byName(anywhere(t.files)) {
		for _, f := range t.named(group[0].name) {
			if e := t.judge.onlyRow(group, f); e != nil && !e.inScope {
				e.inScope, e.alone = true, true
			}
		}
	}
}

// anywhere gives the expected files that no row ties to a place. Recorded ones
// are in scope anyhow, and there can be thousands of one name.
func anywhere(all []*expected) []*expected {
	return slices.DeleteFunc(slices.Clone(all), (*expected).recorded)
}

// onlyRow gives the expected file that a copy can stand for alone: the one that
// it is built for, or, as long as no row of the name applies, the first for a
// copy that shows no processor. A data file in a platform folder shows one.
func (j *judge) onlyRow(group []*expected, f *inventory.File) *expected {
	if e := builtFor(group, f); e != nil {
		return e
	}
	shows := !f.OfUnknownPlatform() && (f.Executable() || j.folderPlatform(f) != "")
	if shows || slices.ContainsFunc(group, (*expected).applies) {
		return nil
	}
	return group[0]
}

// certain reports a row that no finding can put out of scope: a recorded file
// was there, whatever its folder says, and a name that nobody looked for may
// stand under the root for any platform.
func (j *judge) certain(e *expected) bool {
	return e.recorded() || j.root == "" && !j.covers(e.rows[0])
}

// outOfScope says why a row does not apply.
func (s Scope) outOfScope(p manifest.Platform) result.Reason {
	if len(s.Platforms) > 0 {
		return result.Reason{Kind: result.NotAskedFor, Platform: p}
	}
	return result.Reason{Kind: result.NoPlatformHere, Platform: p}
}

// broughtIn says of a failing row that a folder brought its platform, and how to
// leave it out.
func (e *expected) broughtIn() result.Reason {
	var others []manifest.Platform
	for _, o := range e.table.files {
		if o.inScope && !o.alone && o.beside == "" && o.platform.Known() && !slices.Contains(others, o.platform) {
			others = append(others, o.platform)
		}
	}
	return result.Reason{Kind: result.BroughtIn, Folder: e.beside, Platform: e.platform, Platforms: others}
}
