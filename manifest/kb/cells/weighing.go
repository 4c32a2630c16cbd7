package cells

import (
	"maps"
	"math"
	"slices"
	"strings"

	"kbverify/manifest/kb/values"
)

// Prices, in decimal digits, of what it takes to write a table down.
const (
	entryPrice  = 2.0 // another version, beside the digits of its last part
	mixedPrice  = 2.0 // last parts of several lengths for one product
	doubtMargin = 3.0 // a way to read a table that is a thousand times less likely is no doubt
)

// doubtShorter is the second opinion on the versions that were taken. A table
// is written down by its different versions, by which of them each row has, and by
// the names and sizes of the rows. Where another version, given to all rows that
// can have it, would make that hardly longer or even shorter, chance may have
// chosen, and those rows are reported.
func (a agreement) doubtShorter() {
	w := weighing{rows: map[string]int{}, lengths: map[string]map[int]int{}}
	others := map[string][]move{}
	for _, c := range a {
		w.count(&c.taken)
		for v, m := range c.moves() {
			others[v] = append(others[v], m)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(others)) {
		w.doubt(v, others[v])
	}
}

// move is another reading that a row could take, and how many digits longer
// its name and size then are.
type move struct {
	c      *contest
	to     *reading
	longer float64
}

// moves gives the shortest reading for each version other than the one taken.
func (c *contest) moves() map[string]move {
	least := cheapest(c.readings)[0].cost
	out := map[string]move{}
	for i := range c.readings {
		r := &c.readings[i]
		v := r.cells[values.Version]
		if r.cost > least+values.Unusual || v == "" || v == c.taken.cells[values.Version] {
			continue
		}
		m := move{c, r, float64(r.literal() - c.taken.literal())}
		if old, there := out[v]; !there || m.longer < old.longer {
			out[v] = m
		}
	}
	return out
}

// literal counts what a row prints that it shares with no other.
func (r *reading) literal() int {
	return len(strings.ReplaceAll(r.cells[values.Size], ",", "")) + len(r.cells[values.Name])
}

// weighing is the versions that were taken.
type weighing struct {
	rows    map[string]int         // rows of each version
	lengths map[string]map[int]int // by first three parts: versions with a last part so long
}

func (w weighing) count(r *reading) {
	v := r.cells[values.Version]
	if v == "" {
		return
	}
	w.rows[v]++
	product, n := r.product()
	if w.lengths[product] == nil {
		w.lengths[product] = map[int]int{}
	}
	w.lengths[product][n]++
}

// entry is the price of version r as one more version of the table.
func (w weighing) entry(r *reading) float64 {
	product, n := r.product()
	price := entryPrice + float64(n)
	if w.lengths[product] == nil {
		price += float64(len(product)) + entryPrice
	} else if w.lengths[product][n] == 0 && len(w.lengths[product]) == 1 {
		price += mixedPrice
	}
	return price
}

// doubt weighs the table with version v in the rows that can have it: those
// that it makes shorter go over in any case, and each of the others is weighed
// with them, as all rows of its version together and as one row alone.
func (w weighing) doubt(v string, moves []move) {
	groups := map[string][]move{} // by the version that was taken
	for _, m := range moves {
		u := m.c.taken.cells[values.Version]
		groups[u] = append(groups[u], m)
	}
	price := 0.0
	if w.rows[v] == 0 {
		price = w.entry(moves[0].to)
	}
	var over shift
	for u, group := range groups {
		if longer := w.longer(u, group); longer < 0 {
			price += longer
			over = over.and(w.from(u, len(group)), 1)
		}
	}
	for u, group := range groups {
		longer, rest, others := w.longer(u, group), price, over
		if longer < 0 {
			rest -= longer
			others = over.and(w.from(u, len(group)), -1)
		}
		together := rest + longer + w.choice(v, others.and(w.from(u, len(group)), 1))
		alone := rest + w.choice(v, others.and(w.from(u, 1), 1))
		for _, m := range group {
			if m.c.rival == nil && min(together, alone+m.longer) <= doubtMargin {
				m.c.rival = m.to
			}
		}
	}
}

// longer is how much longer the table gets when all of group go over from
// version u; u is saved if no row has it any more.
func (w weighing) longer(u string, group []move) float64 {
	longer := 0.0
	for _, m := range group {
		longer += m.longer
	}
	if len(group) == w.rows[u] {
		_, n := group[0].c.taken.product()
		longer -= entryPrice + float64(n)
	}
	return longer
}

// shift is rows that go over to another version, and what that takes off the
// choices of those they leave.
type shift struct {
	rows int
	less float64
}

func (w weighing) from(u string, n int) shift {
	return shift{n, weight(w.rows[u]) - weight(w.rows[u]-n)}
}

func (s shift) and(t shift, sign int) shift {
	return shift{s.rows + sign*t.rows, s.less + float64(sign)*t.less}
}

// choice is how many more digits it takes to say which version each row has
// after some went over to v.
func (w weighing) choice(v string, s shift) float64 {
	return s.less - weight(w.rows[v]+s.rows) + weight(w.rows[v])
}

func weight(n int) float64 {
	if n <= 1 {
		return 0
	}
	return float64(n) * math.Log10(float64(n))
}
