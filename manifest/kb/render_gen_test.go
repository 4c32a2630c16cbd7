package kb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"kbverify/manifest"
)

// A hotfix table as Microsoft's articles print them, drawn at random: names of
// the kinds that occur, one or two builds for the whole table, sizes of one to
// eight digits, files that have neither version nor platform.

// drawnRow is one file, and the cells that the article prints for it.
type drawnRow struct {
	want  manifest.File
	cells map[byte]string // by column: n v s d t p; "" is an empty cell
}

// drawnTable is one table.
type drawnTable struct {
	columns string // the order: "nvsdtp"
	rows    []drawnRow
}

var (
	stems = []string{"Ccmexec", "Smsprov", "95Getdsk", "Tool2", "kb977203", "Adminui.powermanagement", "_IDisp9x", "Loc16vc0", "System.Web32", "Q305209", "a", "54831",
		"Sccm2007ac-sp2-kb977384-x86-enu", "Policy.4.0.Widget", "Ccm-x86", "Tasks.2010", "Microsoft.Management.4.0.6487"}
	extensions = []string{"exe", "dll", "dll", "sys", "ocx", "EXE"}
	texts      = []string{"mof", "xml", "msi", "msp", "cab", "ini", "sql"}
	bare       = []string{"Invmac", "Tool2", "kb977203", "Setup"}
	unusual    = []string{"dl_", "ct1", "hcomp", "ps1"}
)

// drawTable draws a table; only columns that it has are wanted back.
func drawTable(r *rand.Rand, columns string, s style, rows int) drawnTable {
	t := drawnTable{columns: columns}
	product := fmt.Sprintf("%d.%d.%d", 1+r.IntN(14), r.IntN(2), pow10(r, 3, 5))
	builds := []int{pow10(r, 2, 5)}
	if r.IntN(3) == 0 {
		builds = append(builds, pow10(r, 3, 5))
	}
	day := time.Date(1998+r.IntN(14), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	platforms := []manifest.Platform{manifest.X86}
	if r.IntN(2) == 0 {
		platforms = append(platforms, []manifest.Platform{manifest.X64, manifest.IA64, manifest.Alpha}[r.IntN(3)])
	}
	for len(t.rows) < rows {
		name := stems[r.IntN(len(stems))] + suffix(r)
		versioned := r.IntN(4) > 0
		f := manifest.File{Name: name + "." + texts[r.IntN(len(texts))]}
		if versioned {
			f.Name = name + "." + extensions[r.IntN(len(extensions))]
			if r.IntN(12) == 0 {
				f.Name = name + "." + unusual[r.IntN(len(unusual))]
			}
			if r.IntN(15) == 0 && s.bare && strings.Contains(columns, "v") {
				f.Name = bare[r.IntN(len(bare))]
			}
			f.Version, _ = manifest.ParsePrinted(fmt.Sprintf("%s.%d", product, builds[min(r.IntN(4), len(builds)-1)]))
			f.Platform = platforms[r.IntN(len(platforms))]
		}
		f.Size = manifest.ExactSize(int64(pow10(r, 1, 8)))
		at := day.AddDate(0, 0, r.IntN(3)*r.IntN(20)).Add(time.Duration(r.IntN(24*60)) * time.Minute)
		t.rows = append(t.rows, s.print(f, at, columns))
	}
	return t
}

// pow10 draws a number of low to high digits, each length as likely.
func pow10(r *rand.Rand, low, high int) int {
	n := 1
	for range low + r.IntN(high-low+1) - 1 {
		n *= 10
	}
	if n >= 10_000 && high == 5 {
		return n + r.IntN(50_000) // a part of a version has 16 bits
	}
	return n + r.IntN(9*n)
}

func suffix(r *rand.Rand) string {
	return []string{"", "", "util", fmt.Sprint(r.IntN(100)), "-" + strings.Repeat("x", 1+r.IntN(4))}[r.IntN(5)]
}
