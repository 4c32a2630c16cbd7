package main

import (
	"errors"
	"fmt"

	"kbverify/manifest"
	"kbverify/manifest/catalog"
	"kbverify/manifests"
	"kbverify/pecheck/petest"
)

// demoPlaces says where the files of the table lie on a site server. The others
// lie in bin, below the folder of their platform.
var demoPlaces = map[string]string{
	"Ccmcertfix.exe":                  "Logs/KB977203",
	"Ccmsetup.exe":                    "Client/i386",
	"Ccmsetup-sup.cab":                "Client/i386",
	"Ccmsetup.msi":                    "Client/i386",
	"Sccm2007ac-sp2-kb977203-x86.msp": "Client/i386/hotfix/KB977203",
}

var demoFolders = map[manifest.Platform]string{"": "bin/i386", manifest.X86: "bin/i386", manifest.X64: "bin/x64", manifest.IA64: "bin/ia64"}

// demoFault is one planted fault.
type demoFault struct {
	path  string
	what  string
	spoil func(*sampleFile) bool // false: leave the file out
}

var demoFaults = []demoFault{
	{"bin/i386/Mp.msi", "cut off: 4,194,304 of 9,180,672 bytes", func(f *sampleFile) bool { f.spec.Size = 4 << 20; return true }},
	{"bin/i386/Smpmgr.dll", "not there", func(*sampleFile) bool { return false }},
	{"bin/x64/Ccmgencert.dll", "still of version 4.0.6487.2000", func(f *sampleFile) bool { f.spec.Version[3] = 2000; return true }},
	{"bin/x64/Mcsisapip.dll", "the x86 build, in the folder for x64", func(f *sampleFile) bool {
		f.spec.Machine, f.spec.Size = petest.MachineOf(manifest.X86), 206696
		return true
	}},
}

// buildDemo writes the sample, and says what is wrong with it.
func buildDemo(dir string) (planted []string, err error) {
	c, err := catalog.Open(manifests.FS, nil)
	if err != nil {
		return nil, err
	}
	m, err := c.Find(demoHotfix)
	if err != nil {
		return nil, err
	}
	for i := range m.Table(demoTable).Files {
		row := &m.Table(demoTable).Files[i]
		f := sampleOf(demoPath(row), row)
		keep := true
		for _, fault := range demoFaults {
			if fault.path == f.path {
				keep = fault.spoil(&f)
			}
		}
		if keep {
			err = errors.Join(err, f.write(dir))
		}
	}
	for _, fault := range demoFaults {
		planted = append(planted, fmt.Sprintf("%-23s %s", fault.path, fault.what))
	}
	return planted, err
}

func demoPath(row *manifest.File) string {
	if place := demoPlaces[row.Name]; place != "" {
		return place + "/" + row.Name
	}
	return demoFolders[row.Platform] + "/" + row.Name
}
