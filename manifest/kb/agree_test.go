package kb

import (
	"strings"
	"testing"
)

// TestAgree: which of several ways to split rows is taken, and when that is
// reported.
func TestAgree(t *testing.T) {
	cols := textHeader("File nameFile versionFile sizeDateTimePlatform")
	for _, tt := range []struct {
		name   string
		rows   []string
		want   string // version and size of the rows
		doubts int
	}{
		{
			"one build, and a size that excludes the other lengths",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86", "B.dll4.0.6487.2157599,91201-Feb-201013:40x86", "C.dll4.0.6487.21571,012,07201-Feb-201013:40x86"},
			"4.0.6487.2157 98,136; 4.0.6487.2157 599,912; 4.0.6487.2157 1,012,072", 0,
		},
		{
			"several builds of one length",
			[]string{"A.dll4.0.6487.215898,13601-Feb-201013:40x86", "B.dll4.0.6487.2157599,91201-Feb-201013:40x86", "C.dll4.0.6487.21561,012,07201-Feb-201013:40x86"},
			"4.0.6487.2158 98,136; 4.0.6487.2157 599,912; 4.0.6487.2156 1,012,072", 3, // each alone with its build: 215 fits two of them, 21575 the third
		},
		{
			"a size has no zero in front",
			[]string{"A.dll4.0.6487.2157106,69601-Feb-201013:40x86", "B.dll4.0.6487.2157105,69601-Feb-201013:40x86", "C.dll4.0.6487.2157806,69601-Feb-201013:40x86"},
			"4.0.6487.2157 106,696; 4.0.6487.2157 105,696; 4.0.6487.2157 806,696", 0,
		},
		{
			"two ways that every row can take",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86", "B.dll4.0.6487.215742,85601-Feb-201013:40x86"},
			"4.0.6487.2157 98,136; 4.0.6487.2157 42,856", 2,
		},
		{
			"one row alone",
			[]string{"A.dll4.0.6487.215798,13601-Feb-201013:40x86"},
			"", 1,
		},
		{
			"two products, each with builds of its own length",
			[]string{
				"A.exe2.0.92.9395,03201-Mar-200118:30x86", "B.exe2.0.92.91,395,03201-Mar-200118:30x86", "C.exe2.0.92.9693,20201-Mar-200119:05Alpha",
				"D.dll2.0.1493.3222202,51201-Mar-200118:30x86", "E.dll2.0.1493.32221,202,51201-Mar-200118:30x86", "F.dll2.0.1493.322248,11201-Mar-200118:30x86",
			},
			"2.0.92.9 395,032; 2.0.92.9 1,395,032; 2.0.92.9 693,202; 2.0.1493.3222 202,512; 2.0.1493.3222 1,202,512; 2.0.1493.3222 48,112", 0,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			budget := maxSteps
			var rows []rawRow
			for i, text := range tt.rows {
				rows = append(rows, rawRow{line: i + 1, readings: split(text, cols, nil, &budget)})
			}
			var fs findings
			agree(rows, &fs)
			var got []string
			for _, r := range rows {
				got = append(got, r.cells[versionKind]+" "+r.cells[sizeKind])
			}
			if s := strings.Join(got, "; "); tt.want != "" && s != tt.want {
				t.Errorf("read as %s, want %s", s, tt.want)
			}
			if len(fs.all) != tt.doubts {
				t.Errorf("%d doubts, want %d: %v", len(fs.all), tt.doubts, fs.all)
			}
		})
	}
}
