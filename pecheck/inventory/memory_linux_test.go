package inventory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// generated is a tree of folders with files each, made up while it is listed.
// The first file of every tenth folder is of interest.
func generated(folders, files int) *fakeNode {
	leaf := func(interesting bool) *fakeNode {
		n := &fakeNode{kind: folderEntry, child: func(string) *fakeNode { return fakeFile("text") }}
		n.generate = func(each func([]byte, entryKind) bool) {
			for i := range files {
				name := fmt.Appendf(nil, "Component-%06d.dll", i)
				if interesting && i == 0 {
					name = []byte("ccm.dll")
				}
				if !each(name, fileEntry) {
					return
				}
			}
		}
		return n
	}
	root := &fakeNode{kind: folderEntry, child: func(name string) *fakeNode { return leaf(strings.HasSuffix(name, "0")) }}
	root.generate = func(each func([]byte, entryKind) bool) {
		for i := range folders {
			if !each(fmt.Appendf(nil, "Folder-%06d", i), folderEntry) {
				return
			}
		}
	}
	return root
}

// memoryCases are scans in a process of their own, and what it may take.
var memoryCases = []struct {
	name    string
	folders int
	files   int
	all     bool
	mostMiB int // of resident memory, the test program and Go included
}{

	{"names/100,000 files", 5_000, 20, false, 64},
	{"names/1,000,000 files", 50_000, 20, false, 64},
	{"all/1,000,000 files", 50_000, 20, true, 64},
	{"names/1,000,000 files in one folder", 1, 1_000_000, false, 64},
	// One folder's names are held, to be put in order.
	{"names/1,000,000 folders in one", 1_000_000, 1, false, 128},
	{"all/1,000,000 files in one folder", 1, 1_000_000, true, 128},
}

// memoryCase names the case that a process of the next test is to run.
const memoryCase = "KBVERIFY_MEMORY_CASE"

func TestMemoryStaysFlat(t *testing.T) {
	if name := os.Getenv(memoryCase); name != "" {
		runMemoryCase(t, name)
		return
	}
	taken := map[string]int{}
	for i, c := range memoryCases {
		if raceDetector && i > 0 {
			break // it makes them slow, and tells nothing about memory
		}
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe", "-test.run=^TestMemoryStaysFlat$", "-test.v")
			cmd.Env = append(os.Environ(), memoryCase+"="+c.name)
			out, err := cmd.CombinedOutput()
			taken[c.name] = peakMiB(out)
			if err != nil || taken[c.name] == 0 {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%d MiB", taken[c.name])
			if !raceDetector && taken[c.name] > c.mostMiB {
				t.Errorf("%d MiB, want at most %d", taken[c.name], c.mostMiB)
			}
		})
	}
	if raceDetector {
		return
	}
	if few, many := taken[memoryCases[0].name], taken[memoryCases[1].name]; many > few+16 {
		t.Errorf("%d MiB for ten times the files of %d MiB: it grows with the tree", many, few)
	}
}

func runMemoryCase(t *testing.T, name string) {
	for _, c := range memoryCases {
		if c.name != name {
			continue
		}
		d := &fakeDisk{tree: generated(c.folders, c.files)}
		inv, err := ScanTo(context.Background(), "root", Options{Names: []string{"ccm.dll"}, All: c.all, disk: d}, io.Discard)
		if err != nil || inv.Seen != int64(c.folders*c.files) || len(inv.Faults) > 0 {
			t.Fatalf("seen %d, %v", inv.Seen, err)
		}
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s\n", status)
	}
}

var peak = regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`)

func peakMiB(status []byte) int {
	m := peak.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kib, _ := strconv.Atoi(string(m[1]))
	return kib >> 10
}

// 100,000 copies of one name are each listed, written and read back.
func TestManyCopiesOfOneName(t *testing.T) {
	copies := 100_000
	if raceDetector {
		copies = 5_000
	}
	d := &fakeDisk{tree: generated(copies*10, 1)}
	var text bytes.Buffer
	inv, err := ScanTo(context.Background(), "root", Options{Names: []string{"CCM.DLL"}, disk: d}, &text)
	if err != nil || inv.Seen != int64(10*copies) {
		t.Fatal(inv, err)
	}
	if most := 1000 + 200*copies; text.Len() > most {
		t.Errorf("%d bytes, want at most 200 a file", text.Len())
	}
	back, err := Read(&text, "inventory", Keep{Names: []string{"ccm.dll"}})
	if err != nil || len(back.Files) != copies {
		t.Fatalf("%v", err)
	}
}
