package kb

import (
	"fmt"
	"strings"
)

// clock is a printed time of day.
type clock struct {
	h, m, s  int
	seconds  bool
	meridiem bool // "am" or "pm" is printed
	odd      string
}

// parseTime reads 13:40, 9:37, 8:57:33, 10:49AM, 08:05a, 03:45 P.M. and xx:xx.
func parseTime(text string) (clock, bool) {
	if strings.EqualFold(text, "xx:xx") {
		return clock{odd: "no time is printed"}, true
	}
	n := digits(text)
	if n < 1 || n > 2 || len(text) < n+3 || text[n] != ':' {
		return clock{}, false
	}
	var t clock
	t.h, _ = number(text)
	rest := text[n+1:]
	if digits(rest) != 2 {
		return clock{}, false
	}
	t.m, rest = number(rest)
	if strings.HasPrefix(rest, ":") && digits(rest[1:]) == 2 {
		t.s, rest = number(rest[1:])
		t.seconds = true
	}
	switch strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(rest, " "), ".", "")) {
	case "":
	case "a", "am":
		t.meridiem = true
		if t.h == 12 {
			t.h = 0
		} else if t.h > 12 {
			t.odd = "an hour beyond 12 with a.m."
		}
	case "p", "pm":
		t.meridiem = true
		if t.h < 12 {
			t.h += 12
		} else if t.h > 12 {
			t.odd = "an hour beyond 12 with p.m."
		}
	default:
		return clock{}, false
	}
	if t.h > 23 || t.m > 59 || t.s > 59 {
		t.odd = "no such time"
	}
	return t, true
}

func (t clock) String() string {
	if t.seconds {
		return fmt.Sprintf("%02d:%02d:%02d", t.h, t.m, t.s)
	}
	return fmt.Sprintf("%02d:%02d", t.h, t.m)
}
