package inventory

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// On a share every call takes its time. The clock here is virtual: it advances
// when everything waits, so the times are exact.
func TestJobsHideLatency(t *testing.T) {
	for _, latency := range []time.Duration{time.Millisecond, 20 * time.Millisecond} {
		for _, jobs := range []int{1, 4, 16, 64} {
			t.Run(fmt.Sprint(latency, "/", jobs), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := &fakeDisk{tree: forest(40, 10, 10), before: func(string, string) error { time.Sleep(latency); return nil }}
					start := time.Now()
					inv := mustScan(t, "share", Options{Names: []string{"ccm.dll"}, Jobs: jobs, disk: d})
					took := time.Since(start)
					if len(inv.Files) != 400 {
						t.Fatalf("%d files", len(inv.Files))
					}
					// What nobody can do side by side: root, its listing, one folder, one
					// leaf, one file, and the last check of the root.
					const chain = 15
					ideal := time.Duration(d.calls) * latency / time.Duration(jobs)
					if most := ideal*11/10 + chain*latency; took > most {
						t.Errorf("%d calls took %v, want at most %v", d.calls, took, most)
					}
				})
			})
		}
	}
}

// Where each call takes long, the default grows; what the user asks for does not.
func TestDefaultJobsGrowOnAShare(t *testing.T) {
	took := map[string]time.Duration{}
	for _, c := range []struct {
		name    string
		latency time.Duration
		o       Options
	}{
		{"share, one job", 10 * time.Millisecond, Options{Jobs: 1}},
		{"share, sixteen", 10 * time.Millisecond, Options{Jobs: 16}},
		{"share, default", 10 * time.Millisecond, Options{}},
		{"share, of several", 10 * time.Millisecond, Options{Jobs: 2, GrowTo: 16}},
		{"disk, sixteen", 10 * time.Microsecond, Options{Jobs: 16}},
		{"disk, default", 10 * time.Microsecond, Options{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.o.Names = []string{"ccm.dll"}
			c.o.disk = &fakeDisk{tree: forest(40, 10, 10), before: func(string, string) error { time.Sleep(c.latency); return nil }}
			start := time.Now()
			mustScan(t, "share", c.o)
			took[c.name] = time.Since(start)
		})
	}
	for _, faster := range []struct {
		one, other string
		tenths     int
	}{
		{"share, default", "share, one job", 400}, {"share, default", "share, sixteen", 28},
		{"share, of several", "share, one job", 120},
	} {
		if took[faster.other]*10 < took[faster.one]*time.Duration(faster.tenths) {
			t.Errorf("%s takes %v, %s %v", faster.one, took[faster.one], faster.other, took[faster.other])
		}
	}
	if a, b := took["disk, default"], took["disk, sixteen"]; a*10 > b*12 || b*10 > a*12 {
		t.Errorf("the default has grown on a disk: %v and %v", took["disk, default"], took["disk, sixteen"])
	}
}

func TestFilesAtOnce(t *testing.T) {
	most := 1
	for _, want := range []int{2, 4, 8, 16, 32, 32} {
		if most = nextAtOnce(most, quickLook); most != want {
			t.Errorf("%d after quick looks, want %d", most, want)
		}
	}
	if most = nextAtOnce(most, quickLook+1); most != 1 {
		t.Errorf("%d after a slow look", most)
	}
}

// jitter makes every call take its own time, always the same one.
func jitter(seed maphash.Seed) func(op, path string) error {
	return func(op, path string) error {
		time.Sleep(time.Duration(maphash.String(seed, op+path)%10_000) * time.Microsecond)
		return nil
	}
}

func TestInventoryDoesNotDependOnJobs(t *testing.T) {
	tree := forest(7, 7, 7)
	tree.add("x64/a-b/ccm.dll", fakeFile("")).add("x64/a/ccm.dll", fakeFile("")).add("folder3/leaf1/ccm.dll.txt",
		fakeFile("")).
		add("x64/l", &fakeNode{kind: folderLinkEntry, text: "/"}).add("x64/ccm.dll", &fakeNode{kind: specialEntry})
	var first string
	for _, jobs := range []int{1, 2, 3, 16, 200} {
		synctest.Test(t, func(t *testing.T) {
			fail := jitter(maphash.MakeSeed())
			d := &fakeDisk{tree: tree, before: func(op, path string) error {
				if op == "enter" && strings.HasSuffix(path, "leaf5") {
					return errors.New("broken")
				}
				return fail(op, path)
			}}
			text := encoded(t, mustScan(t, "root", Options{All: true, Jobs: jobs, disk: d}))
			if first == "" {
				first = text
			}
			if diff := cmp.Diff(first, text); diff != "" {
				t.Errorf("%d jobs (-one job +these):\n%s", jobs, diff)
			}
			if n := d.leaked(); n != 0 {
				t.Errorf("%d jobs left %d handles open", jobs, n)
			}
		})
	}
	inv, err := Read(strings.NewReader(first), "first", Keep{})
	if err != nil || !slices.IsSortedFunc(inv.Files, func(a, b File) int { return comparePaths(a.Path, b.Path) }) {
		t.Errorf("not in order: %v", err)
	}
}

func TestCancelledScanSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDisk{tree: forest(40, 10, 10), before: func(string, string) error { time.Sleep(time.Second); return nil }}
		ctx, cancel := context.WithTimeout(t.Context(), 99500*time.Millisecond)
		defer cancel()
		start := time.Now()
		inv, err := Scan(ctx, "share", Options{All: true, disk: d})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("error %v", err)
		}
		if took := time.Since(start); took != 99500*time.Millisecond {
			t.Errorf("returned after %v", took)
		}
		if inv == nil || len(inv.Files) == 0 || len(inv.Files) == 4000 {
			t.Errorf("what was known was not returned")
		}
		var text strings.Builder
		ctx, cancel = context.WithTimeout(t.Context(), 99500*time.Millisecond)
		defer cancel()
		if _, err := ScanTo(ctx, "share", Options{All: true, disk: d}, &text); err == nil {
			t.Error("a cancelled scan was written without an error")
		}
		if _, err := Read(strings.NewReader(text.String()), "", Keep{}); err == nil {
			t.Error("a cancelled scan was read back")
		}
		synctest.Wait()
		time.Sleep(time.Minute)
		if n := d.leaked(); n != 0 {
			t.Errorf("%d handles left open", n)
		}
	})
}

// A dead share answers no call at all, whichever it is.
func TestDeadShareDelaysOnlyItself(t *testing.T) {
	for _, op := range []string{"root", "list", "enter", "open", "read", "fstat", "stat", "check"} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dead := make(chan struct{})
				tree := forest(3, 3, 3).add("a.txt", fakeFile(""))
				d := &fakeDisk{tree: tree, before: func(o, _ string) error {
					if o == op {
						<-dead
					}
					return nil
				}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := Scan(ctx, "share", Options{All: true, disk: d})
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
				close(dead)
				synctest.Wait()
				if n := d.leaked(); n != 0 {
					t.Errorf("%d handles left open", n)
				}
			})
		})
	}
}

func TestOneSlowFileHoldsUpABoundedNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := fakeFolder()
		for i := range 3 * maxAhead {
			tree.add(fmt.Sprintf("f%05d", i), fakeFile(""))
		}
		d := &fakeDisk{tree: tree}
		d.before = func(op, path string) error {
			if op == "open" && path == "f00000" {
				time.Sleep(time.Hour)
				synctest.Wait()
				d.mu.Lock()
				opens := d.calls
				d.mu.Unlock()
				if most := 6*maxAhead + 3*maxAhead/entriesACall + 10; opens > most {
					t.Errorf("%d calls ahead of one slow file, want at most %d", opens, most)
				}
			}
			return nil
		}
		if inv := mustScan(t, "root", Options{All: true, disk: d}); len(inv.Files) != 3*maxAhead {
			t.Errorf("%d files", len(inv.Files))
		}
	})
}

func TestOpenFoldersAreBounded(t *testing.T) {
	tree := fakeFolder()
	for i := range 300 {
		tree.add(fmt.Sprintf("a%d/%sccm.dll", i, strings.Repeat("b/c/", 20)), fakeFile(""))
		tree.add(fmt.Sprintf("a%d/z/ccm.dll", i), fakeFile(""))
	}
	for _, jobs := range []int{1, 16, maxJobs} {
		synctest.Test(t, func(t *testing.T) {
			d := &fakeDisk{tree: tree, before: jitter(maphash.MakeSeed())}
			inv := mustScan(t, "root", Options{All: true, Jobs: jobs, disk: d})
			if len(inv.Files) != 600 || len(inv.Faults) != 0 {
				t.Errorf("%d files, faults %v", len(inv.Files), inv.Faults)
			}
			if most := maxOpenFolders + 50 + 2*jobs; d.most > most {
				t.Errorf("%d jobs had %d handles open at once, want at most %d", jobs, d.most, most)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDisk{tree: forest(10, 10, 10), before: func(string,
			string) error {
			time.Sleep(time.Millisecond)
			return nil
		}}
		var got []Progress
		start := time.Now()
		mustScan(t, "share", Options{All: true, Jobs: 1, disk: d, Progress: func(p Progress) { got = append(got, p) }})
		if want := int(time.Since(start) / progressEvery); len(got) != want {
			t.Errorf("%d reports in %v, want %d", len(got), time.Since(start), want)
		}
		if !slices.IsSortedFunc(got, func(a, b Progress) int { return int(a.Files - b.Files) }) ||
			got[len(got)-1].Folders < 50 {
			t.Errorf("reports %v", got)
		}
	})
}

// While the first file keeps the sink waiting, a deep tree behind it must not
// take a handle for each of its levels.
func TestOpenFoldersBehindASlowFileAreBounded(t *testing.T) {
	tree := fakeFolder().add("a.dll", fakeFile(""))
	for level := range maxDepth - 2 {
		tree.add(strings.Repeat("b/", level+1)+"z/ccm.dll", fakeFile(""))
	}
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDisk{tree: tree}
		d.before = func(op, path string) error {
			if op == "open" && path == "a.dll" {
				time.Sleep(time.Hour)
				d.mu.Lock()
				defer d.mu.Unlock()
				if n := d.most; n > maxOpenFolders+5 {
					t.Errorf("%d handles open behind the slow file", n)
				}
			}
			return nil
		}
		const jobs = 2
		inv := mustScan(t, "root", Options{All: true, Jobs: jobs, disk: d})
		if len(inv.Files) != maxDepth-1 || len(inv.Faults) != 0 {
			t.Errorf("%d files, faults %v", len(inv.Files), inv.Faults)
		}
		// The rest of the way down is free once the sink stands there.
		if d.most > maxDepth+jobs+2 {
			t.Errorf("%d handles open at once", d.most)
		}
	})
}

// A scan whose result cannot be written leaves nothing running and nothing open.
func TestWriteErrorEndsTheWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDisk{tree: forest(40, 10, 10)}
		if _, err := ScanTo(context.Background(), "root", Options{All: true, disk: d}, &failing{5000}); !errors.Is(err,
			errFull) {
			t.Errorf("error %v", err)
		}
		synctest.Wait()
		if n := d.leaked(); n != 0 {
			t.Errorf("%d handles left open", n)
		}
	})
}
