package result

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kbverify/manifest"
)

// String gives the reason in words.
func (r Reason) String() string {
	if words, fixed := sentences[r.Kind]; fixed {
		return words
	}
	for _, words := range []func(Reason) string{Reason.ofCopy, Reason.ofTable, Reason.between, Reason.step} {
		if text := words(r); text != "" {
			return text
		}
	}
	return r.Text
}

// sentences are the reasons that have no values.
var sentences = map[Kind]string{
	TypeUnversioned:    "a file of this type holds no version",
	NoExecutable:       "it is no executable",
	NoFixedInfo:        "its version resource has no VS_FIXEDFILEINFO",
	NoResource:         "it has no version resource",
	OnlyNamedSo:        "it is no executable, although its name says so",
	NothingPrinted:     "the table prints nothing that can be compared",
	NameNotSought:      "the inventory was taken without looking for this name; scan again, with --all",
	OwnPackage:         "the package that the hotfix comes in; installing leaves none behind",
	NoRowApplies:       "files of its names are here, and no row of the table applies to any of them",
	NothingHere:        "none of its files is here",
	FileUnreadable:     "a file could not be read",
	OtherRelease:       "the newer files are of another release, which need not contain this fix",
	Incomparable:       "nothing that the table prints can be compared",
	OnlyData:           "only files without a platform are here, and nothing of any platform that the table is for",
	NoInstallTable:     "its article prints no table of installed files to judge by",
	FilesNotSought:     "the inventory was taken without looking for its files; scan again, with --all",
	EmptyOrCut:         "it is empty, or without the signature of its type: cut off",
	OnlyPresent:        "no copy is here, and only present files are judged",
	NoRowAsked:         "none of its rows is for a platform that was asked for",
	NothingOK:          "nothing is here as the table prints it",
	NothingLeft:        "none of its files is here, but --exclude left paths out that nobody looked into",
	NewerThanRecorded:  "newer than what was recorded",
	OlderThanRecorded:  "older than what was recorded",
	VersionUnrecorded:  "it has a version, and none was recorded",
	OtherSize:          "of another size than was recorded",
	OtherContent:       "its content is not what was recorded",
	ContentNotCompared: "its content was not compared",
	NotAsSigned:        "its content is not what its signer signed",
	LeftOutHere:        "left out by --exclude",
	NotAllListed: "the inventory does not list every file, so that added ones cannot be seen; scan again, with --all " +
		"or --hash",
	PutBack: "put back what is not as it was recorded; where the change is meant, record the root again (scan --hash, " +
		"then import)",
	ExtractAgain:  "extract the package again, or install from the package itself",
	OtherVersions: "its files are here, in none of the versions that its tables print",
}

func (r Reason) ofCopy() string {
	switch r.Kind {
	case StringDisagrees:
		return "its FileVersion string says " + r.Text
	case InOtherFolder:
		return fmt.Sprintf("%s file in a folder for %s", r.Machine, r.Platform)
	case ForOther:
		return fmt.Sprintf("%s file, where %s is expected", r.Machine, r.Platform)
	case OfOtherBuild:
		return fmt.Sprintf("of build %d, where the table is for build %d", r.Count, r.Of)
	case FirstPartsLeft:
		return fmt.Sprintf("the article leaves out the first parts of version %s, "+
			"so a higher number cannot be told from another product's", r.Version)
	case NotComparable:
		return fmt.Sprintf("the version is printed as %q, which cannot be compared with a file version", r.Text)
	case LocalisedName:
		return fmt.Sprintf("a localised name (%s): its size is not compared", r.Text)
	case LaterFile:
		return "it is the later file of " + r.some()
	case EarlierFile:
		return "it is the earlier file of " + r.some()
	case EarlierAndLater:
		return "it is the file of earlier and of later hotfixes (" + r.some() + "): which of them came last cannot be told"
	case SameVersionOf:
		return "it has the version, and the size of the file of " + r.some() + ", which no installer replaces"
	case NoOrder:
		return "it is the file of " + r.some() + ", and no date tells which of the two is later"
	case BelowLaterTable:
		return fmt.Sprintf("of the release of table %s, for which the fix is in %s", r.Tables[0], r.Version)
	case NoRowHere:
		return "the table has no row that applies here for this name and " + cmp.Or(r.Machine, "a file without processor")
	case NoRowInFolder:
		return fmt.Sprintf("the table has no %s row for this name", r.Platform)
	}
	return ""
}

func (r Reason) ofTable() string {
	switch r.Kind {
	case NotAskedFor:
		return fmt.Sprintf("%s was not asked for", r.Platform)
	case NoPlatformHere:
		return fmt.Sprintf("no %s folder and no %s copy of the table's files here", r.Platform, r.Platform)
	case GoodElsewhere:
		return fmt.Sprintf("ok in %s, %s in %s", r.Folder, strings.ReplaceAll(r.Text, "-", " "), r.Name)
	case BroughtIn:
		return fmt.Sprintf("%s counts because of the folder %s; %s leaves it out", r.Platform, r.Folder,
			platformFlags(r.Platforms))
	case ReplacedBy:
		return fmt.Sprintf("replaced by %s, which is here", r.some())
	case FilesDoNotTell:
		choice := " -k " + r.some() + "/"
		return "the files do not tell which table applies" + r.whatEachSays() +
			"; name one: verify" + choice + strings.Join(r.Tables, ","+choice)
	case FitsSeveral:
		return "tables " + strings.Join(r.Tables, ", ") + " say the same"
	case OneFolder:
		return fmt.Sprintf("all its copies lie in %s", r.Folder)
	case Unpacked:
		what := ", the unpacked package: name that folder as the root to check it"
		if r.Partly {
			what = ", which is named after the hotfix: is it the unpacked package?"
		}
		return fmt.Sprintf("all %s lie in %s%s", manifest.Counted(r.Count, "copy", "copies"), r.Folder, what)
	case UnpackedToo:
		return fmt.Sprintf("%s holds the unpacked package (%s), which is no installation", r.Folder,
			manifest.Counted(r.Count, "copy", "copies"))
	case NoSuchTable:
		return fmt.Sprintf("%s has no table %q", r.some(), r.Text)
	case ReferenceTable:
		return "not a table of installed files: " + r.Text
	case ChosenByBuilds:
		return fmt.Sprintf("table %s, by the builds of %d of %d files", r.Tables[0], r.Count, r.Of)
	case ChosenByRelease:
		return fmt.Sprintf("table %s, by the release of %d of %d files", r.Tables[0], r.Count, r.Of)
	case ChosenByFiles:
		return fmt.Sprintf("table %s, by the %d files that match it", r.Tables[0], r.Count)
	case OtherVersionOfAll:
		return fmt.Sprintf("%s of %s differ: this is another version of what was recorded",
			manifest.Commas(int64(r.Count)), manifest.Counted(r.Of, "file", "files"))
	case ContentsNotCompared:
		return fmt.Sprintf("the contents of %s were not compared, since the inventory has no digests of them; scan --hash "+
			"takes them", manifest.Counted(r.Count, "file", "files"))
	case ContentsNotRecorded:
		return fmt.Sprintf("the contents of %s were not recorded: what changes them and keeps version and size is not seen "+
			"(scan --hash records a root's, import --hash a package's)", manifest.Counted(r.Count, "file", "files"))
	case NotRecorded:
		return fmt.Sprintf("the record says nothing of %s (%s)", manifest.Counted(r.Count, "path", "paths"), r.Text)
	case LeftOutOfIt:
		return fmt.Sprintf("%s could not be put into this manifest, and nothing is known of them",
			manifest.Counted(r.Count, "file", "files"))
	case OtherPlaces:
		where := "; is it another root?"
		switch {
		case r.Folder != "":
			where = fmt.Sprintf(", at their places below %s: name that folder as the root", r.Folder)
		case r.Text != "":
			where = fmt.Sprintf(": the root lies too deep, name the folder above that holds %s", r.Text)
		}
		return fmt.Sprintf("%s of its names lie elsewhere here%s", manifest.Counted(r.Count, "file", "files"), where)
	case MovedTo:
		if r.Partly {
			return "a file like it lies at " + r.Name
		}
		return "its content lies at " + r.Name
	case NotItsOwn:
		var texts []string
		for _, b := range r.Because {
			texts = append(texts, b.String())
		}
		return "what matches is not its own: " + strings.Join(slices.Compact(texts), "; ")
	}
	return ""
}

func (r Reason) between() string {
	state := strings.ReplaceAll(string(r.State), "-", " ")
	switch r.Kind {
	case CameWith:
		return fmt.Sprintf("%s came with %s", r.File(), r.some())
	case SameSizeIn:
		return fmt.Sprintf("%s has the same size in %s", r.Name, r.some())
	case MoreIsHere:
		return fmt.Sprintf("%s is in %s too, of which more is here", r.File(), r.some())
	case IsFrom:
		return fmt.Sprintf("%s is from %s", r.File(), r.some())
	case PrintTheSame:
		prints := " print"
		if len(r.Hotfixes) == 1 {
			prints = " prints"
		}
		return "the earlier " + r.some() + prints + " the same sizes and no version either: " +
			"the files do not tell which of the two is here"
	case RowReplaced:
		return fmt.Sprintf("%s is replaced by that of %s, which is here", r.Name, r.some())
	case Needs:
		return fmt.Sprintf("requires %s, which is %s here", r.some(), state)
	case Accompanies:
		return fmt.Sprintf("goes with %s, which is %s here", r.some(), state)
	}
	return ""
}

func (r Reason) step() string {
	switch r.Kind {
	case StaleFolder:
		return fmt.Sprintf("all copies that fail lie in %s, beside good ones elsewhere; --exclude %s leaves them out",
			r.Folder, quoted(r.Folder))
	case HardlyHere:
		return fmt.Sprintf("only %d of its %d files are here as printed: it was probably never installed", r.Count, r.Of)
	case InstallAgain:
		words := "install " + r.Hotfixes[0] + " again" + r.orSuccessor()
		if r.Partly {
			return "else " + words
		}
		return words
	case Install:
		return "install " + r.Hotfixes[0] + r.orSuccessor()
	}
	return ""
}

// orSuccessor names the hotfixes that supersede the first one.
func (r Reason) orSuccessor() string {
	if len(r.Hotfixes) < 2 {
		return ""
	}
	rest := Reason{Hotfixes: r.Hotfixes[1:]}
	return ", or " + rest.some() + ", which supersedes it"
}

// quoted puts a path into quotation marks where a shell needs them.
func quoted(path string) string {
	if strings.ContainsAny(path, " $&()") {
		return `"` + path + `"`
	}
	return path
}

// platformFlags are the flags that ask for some platforms alone.
func platformFlags(platforms []manifest.Platform) string {
	if len(platforms) == 0 {
		return "--platform with another one"
	}
	var flags []string
	for _, p := range platforms {
		flags = append(flags, "--platform "+string(p))
	}
	return strings.Join(flags, " ")
}

// whatEachSays gives the states of the tables to choose from.
func (r Reason) whatEachSays() string {
	var parts []string
	for i, s := range r.States {
		parts = append(parts, fmt.Sprintf("%s by %s", strings.ReplaceAll(string(s), "-", " "), r.Tables[i]))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// File names the file that the reason is about: "Ccm.dll 2.0.1380.1125", or "Mp.ini of 1,024 bytes".
func (r Reason) File() string {
	if n, exact := r.Size.Exact(); exact {
		return fmt.Sprintf("%s of %s", r.Name, manifest.Counted(n, "byte", "bytes"))
	}
	return strings.TrimSpace(r.Name + " " + r.Version.String())
}

// some lists up to three hotfixes, and how many more there are.
func (r Reason) some() string {
	const shown = 3
	if len(r.Hotfixes) <= shown {
		return strings.Join(r.Hotfixes, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(r.Hotfixes[:shown], ", "), len(r.Hotfixes)-shown)
}
