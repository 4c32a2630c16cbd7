package pefile

import (
	"bytes"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kbverify/manifest"
	"kbverify/pecheck/petest"
)

var sp2 = manifest.Version{4, 0, 6487, 2111}

func TestRead(t *testing.T) {
	type test struct {
		name string
		spec petest.Spec
		want Image
	}
	tests := []test{
		{"no version", petest.Spec{NoVersion: true}, Image{Format: PE, Machine: MachineI386, Ending: NoVersion}},
		{"no fixed info", petest.Spec{NoFixedInfo: true}, Image{Format: PE, Machine: MachineI386, Ending: NoFixedInfo}},
		{"any CPU", petest.Spec{AnyCPU: true, Version: sp2}, Image{Format: PE, Machine: MachineI386, AnyCPU: true, Ending: Versioned, Version: sp2}},
		{"16-bit", petest.Spec{NE: true, Version: sp2}, Image{Format: NE, Ending: Versioned, Version: sp2}},
		{"16-bit, no version", petest.Spec{NE: true, NoVersion: true}, Image{Format: NE, Ending: NoVersion}},
		{"16-bit, no fixed info", petest.Spec{NE: true, NoFixedInfo: true}, Image{Format: NE, Ending: NoFixedInfo}},
		{"16-bit, other string", petest.Spec{NE: true, Version: sp2, StringVersion: "3.10\x1b[2J"},
			Image{Format: NE, Ending: Versioned, Version: sp2, StringVersion: `3.10\x1b[2J`}},
		{"other string", petest.Spec{Version: sp2, StringVersion: "4.0.6487.2000 (\u202eRTM)\r\n"},
			Image{Format: PE, Machine: MachineI386, Ending: Versioned, Version: sp2, StringVersion: `4.0.6487.2000 (\u202eRTM)`}},
	}
	for _, p := range manifest.Platforms {
		m := petest.MachineOf(p)
		tests = append(tests, test{string(p), petest.Spec{Machine: m, Version: sp2, Size: 17768},
			Image{Format: PE, Machine: Machine(m), Ending: Versioned, Version: sp2}})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(petest.Must(tt.spec.Bytes()))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestReadStrings(t *testing.T) {
	want := Strings{FileVersion: "2.00.1493", ProductVersion: "4.0.6487.2111", ProductName: "A & B",
		CompanyName: "Café", FileDescription: "Agent", OriginalFilename: "ccm.dll", InternalName: "ccm"}
	for _, ne := range []bool{false, true} {
		file := petest.Must(petest.Spec{NE: ne, Version: sp2, StringVersion: want.FileVersion, Strings: map[string]string{
			"ProductName": want.ProductName, "CompanyName": want.CompanyName, "FileDescription": want.FileDescription,
			"OriginalFilename": want.OriginalFilename, "InternalName": want.InternalName}}.Bytes())
		got, err := ReadStrings(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("NE %v: -want +got\n%s", ne, diff)
		}
	}
}

// TestReadConcurrently reads different files at once with shared buffers.
func TestReadConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		v := manifest.Version{uint16(i), 1, 2, 3}
		file := petest.Must(petest.Spec{Version: v, NE: i%2 == 0, StringVersion: "9.9"}.Bytes())
		wg.Go(func() {
			for range 200 {
				if im := read(file); im.Version != v || im.StringVersion != "9.9" {
					t.Errorf("got %+v, want %v", im, v)
				}
			}
		})
	}
	wg.Wait()
}

// TestLongVersionResource: strings beyond the first window are shown, but not
// compared, since that would take another read of every such file.
func TestLongVersionResource(t *testing.T) {
	spec := manyResources
	spec.Version, spec.StringVersion = sp2, "1.2.3.4"
	file := petest.Must(spec.Bytes())
	if im := read(file); im.Ending != Versioned || im.Version != sp2 || im.StringVersion != "" {
		t.Errorf("got %+v", im)
	}
	s, err := ReadStrings(bytes.NewReader(file), int64(len(file)))
	if err != nil || s.FileVersion != "1.2.3.4" {
		t.Errorf("got %+v, %v", s, err)
	}
}
