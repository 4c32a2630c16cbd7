package manifest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNameKey(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"Ccm.dll", "CCM.DLL", true},
		{`bin\i386\Ccm.dll`, "BIN/I386/ccm.dll", true},
		{"größe.dll", "GRÖßE.DLL", true},
		{"ñandú.dll", "ÑANDÚ.DLL", true},
		{"файл.dll", "ФАЙЛ.DLL", true},
		{"Ccm.dll", "Ccm.dl", false},
		{"straße.dll", "STRASSE.DLL", false},        // one character by one
		{"ccmcertfıx.exe", "Ccmcertfix.exe", false}, // a dotless i is no i: NTFS keeps them apart
		{"ſmsprov.dll", "smsprov.dll", false},       // and a long s is no s
		{"\u212Aelvin.dll", "kelvin.dll", false},
		{"İ.dll", "i.dll", false},
	} {
		if got := NameKey(tt.a) == NameKey(tt.b); got != tt.same {
			t.Errorf("%q and %q are the same: %t", tt.a, tt.b, got)
		}
	}
}

func TestNameKeyOfAKeyIsTheKey(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if key := NameKey(string(r)); NameKey(key) != key {
			t.Errorf("the key of %U is %q, whose key is %q", r, key, NameKey(key))
		}
	}
}

func TestMatchPattern(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"sccm2007ac-sp2-kb977384-x86-*.msp", "Sccm2007ac-sp2-kb977384-x86-deu.msp", true},
		{"sccm2007ac-sp2-kb977384-x86-*.msp", "SCCM2007AC-SP2-KB977384-X86-.MSP", true},
		{"sccm2007ac-sp2-kb977384-x86-*.msp", "sccm2007ac-sp2-kb977384-x86-deu.msi", false},
		{"sccm2007ac-sp2-kb977384-x86-*.msp", "sccm2007ac-sp2-kb977384-x64-deu.msp", false},
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"***", "", true},
		{"*", "anything at all", true},
		{"?", "", false},
		{"?", "ü", true},
		{"??", "ü", false},
		{"a?c", "ABC", true},
		{"*.dll", "x.dll.bak", false},
		{"*.dll", ".dll", true},
		{"*ab*ab*", "abab", true},
		{"*ab*ab*", "aba", false},
		{"*aab", "aaaab", true},
		{"ÄÖ*", "äöü.txt", true},
		{"*ü", "aüü", true},
		{`a\*`, "A/B", true},
		{"[a]", "a", false},
		{"a**b?", "a--bc", true},
	} {
		if got := MatchPattern(tt.pattern, tt.name); got != tt.want {
			t.Errorf("MatchPattern(%q, %q) = %t", tt.pattern, tt.name, got)
		}
	}
}

// TestMatchPatternDoesNotExplode takes longer than any test run where each star
// doubles the work.
func TestMatchPatternDoesNotExplode(t *testing.T) {
	if MatchPattern(strings.Repeat("*a", 100)+"*b", strings.Repeat("a", 255)) {
		t.Error("there is no b")
	}
	if !MatchPattern(strings.Repeat("*a", 100)+"*b", strings.Repeat("a", 254)+"b") {
		t.Error("there is a b")
	}
}

func TestMatchPatternTakesNoMemory(t *testing.T) {
	if n := testing.AllocsPerRun(10, func() {
		MatchPattern("sccm2007ac-*-x86-*.msp",
			"Sccm2007ac-sp2-kb977384-x86-ü.MSP")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzMatchPattern holds the match against a regular expression of the same
// meaning.
func TestExtensions(t *testing.T) {
	for name, want := range map[string][2]bool{
		"ccm.dll": {true, false}, "CCM.DLL": {true, false}, "setup.exe.vxd": {true, false}, "a.exe.txt": {false, true},
		"a.MSI": {false, true}, "i386.html": {false, true}, "smsclient": {false, false}, "dll": {false, false},
		"a.dl_": {false, false}, "a.": {false, false}, ".exe": {true, false}, "": {false, false}, "a.ſys": {false, false},
	} {
		if got := [2]bool{NamesExecutable(name), NamesData(name)}; got != want {
			t.Errorf("%q: executable %v, data %v", name, got[0], got[1])
		}
	}
	for ext := range executables {
		if data[ext] || ext != NameKey(ext) {
			t.Errorf("%s", ext)
		}
	}
}

// What is said of the extensions is what the articles say.
func TestExtensionsOfTheCatalogue(t *testing.T) {
	files, err := filepath.Glob("../manifests/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no manifests: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range m.Tables {
			for _, f := range table.Files {
				if NamesData(f.Name) && !f.Version.IsZero() {
					t.Errorf("%s: %s has a version", file, f.Name)
				}
			}
		}
	}
}

func FuzzMatchPattern(f *testing.F) {
	f.Add("sccm*-x86-*.msp", "Sccm2007ac-x86-enu.msp")
	f.Add("*a*a*b", "aaaab")
	f.Add("?\xff*", "\xfeü")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 200 || len(name) > 200 {
			return
		}
		expression := regexp.QuoteMeta(NameKey(strings.ToValidUTF8(pattern, "\uFFFD")))
		expression = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(expression)
		want := regexp.MustCompile(`(?s)^` + expression + `$`).MatchString(NameKey(strings.ToValidUTF8(name, "\uFFFD")))
		if got := MatchPattern(strings.ToValidUTF8(pattern, "\uFFFD"), strings.ToValidUTF8(name, "\uFFFD")); got != want {
			t.Errorf("MatchPattern(%q, %q) = %t", pattern, name, got)
		}
		MatchPattern(pattern, name) // and no panic on what is no text
	})
}
