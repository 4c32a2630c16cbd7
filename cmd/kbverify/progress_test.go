package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kbverify/pecheck/inventory"
	"kbverify/pecheck/report"
)

func TestProgressOfOneRoot(t *testing.T) {
	var stderr bytes.Buffer
	p := newProgress(&session{stderr: &stderr}, false)
	at := p.begin("root")
	at.report(inventory.Progress{Files: 1})
	at.end()
	if stderr.Len() > 0 {
		t.Errorf("redirected, it shows %q", stderr.String())
	}
	p = newProgress(&session{stderr: &stderr}, false)
	p.on = true
	at = p.begin("root\x1b[2J" + strings.Repeat("x", 100))
	at.report(inventory.Progress{Files: 1234567})
	shown := stderr.String()
	if !strings.HasPrefix(shown, "\r1,234,567 files seen under root\\x1b[2Jxxx") || len([]rune(shown)) != report.DefaultWidth {
		t.Errorf("shows %q", shown)
	}
	at.end()
	wiped := strings.TrimPrefix(stderr.String(), shown)
	if wiped != "\r"+strings.Repeat(" ", report.DefaultWidth-1)+"\r" {
		t.Errorf("wipes with %q", wiped)
	}
}

// A line of wide characters is wiped in its whole width.
func TestProgressOfAWideName(t *testing.T) {
	var stderr bytes.Buffer
	p := newProgress(&session{stderr: &stderr}, false)
	p.on = true
	at := p.begin(strings.Repeat("漢字", 5))
	at.report(inventory.Progress{Files: 1})
	shown := stderr.String()
	at.end()
	columns := len("1 files seen under ") + 20
	if wiped := strings.TrimPrefix(stderr.String(), shown); wiped != "\r"+strings.Repeat(" ", columns)+"\r" {
		t.Errorf("wipes %q with %q", shown, wiped)
	}
}

// Many roots: how many are read, the files of all of them, and the rate.
func TestProgressOfManyRoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stderr bytes.Buffer
		p := newProgress(&session{stderr: &stderr}, false)
		p.on, p.total = true, 40
		one, two := p.begin("one"), p.begin("two")
		time.Sleep(2 * time.Second) // of the bubble's clock
		one.report(inventory.Progress{Files: 1000})
		two.report(inventory.Progress{Files: 500})
		one.report(inventory.Progress{Files: 1500})
		one.end()
		lines := strings.Split(stderr.String(), "\r")
		if got, want := strings.TrimRight(lines[len(lines)-1], " "), "1 of 40 roots read, 2,000 files seen, 1,000 a second"; got != want {
			t.Errorf("shows %q, want %q", got, want)
		}
		p.clear()
		if !strings.HasSuffix(stderr.String(), " \r") {
			t.Errorf("is not wiped: %q", stderr.String())
		}
	})
}
