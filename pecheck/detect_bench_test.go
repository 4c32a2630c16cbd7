package pecheck

import (
	"fmt"
	"testing"

	"kbverify/manifest"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
)

// BenchmarkDetectShared detects hotfixes that all deliver the same names, each in
// versions of its own: what one costs must not grow with their number.
func BenchmarkDetectShared(b *testing.B) {
	const names = 20
	for _, n := range []int{100, 800, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			known := Known{}
			for i := range n {
				m := &manifest.Manifest{ID: fmt.Sprintf("KB%d", 900000+i), Product: "p", Tables: []manifest.Table{{}}}
				for k := range names {
					m.Tables[0].Files = append(m.Tables[0].Files, manifest.File{
						Name: fmt.Sprintf("f%02d.dll", k), Version: manifest.PrintedOf(manifest.Version{2, 0, uint16(i), uint16(k)}),
						Size: manifest.ExactSize(int64(1000 + i)), Modified: "2001-03-01T10:00", Platform: manifest.X86,
					})
				}
				known.Hotfixes = append(known.Hotfixes, m)
			}
			inv := &inventory.Inventory{Root: "root", All: true}
			for k := range names {
				inv.Files = append(inv.Files, inventory.File{Path: fmt.Sprintf("bin/f%02d.dll", k), Size: int64(1000 + n/2), Image: pefile.Image{
					Format: pefile.PE, Machine: pefile.MachineI386, Ending: pefile.Versioned,
					Version: manifest.Version{2, 0, uint16(n / 2), uint16(k)},
				}})
			}
			for b.Loop() {
				Detect(inv, known, Scope{})
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/hotfix")
		})
	}
}
