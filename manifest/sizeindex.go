package manifest

// SizeIndex finds what was printed with a size that a number of bytes fits.
type SizeIndex[T any] struct {
	classes map[sizeClass]map[int64][]T // by the printed figure
}

// sizeClass is a precision in which sizes are printed.
type sizeClass struct{ unit, decimals int64 }

// Add adds v under size s.
func (x *SizeIndex[T]) Add(s Size, v T) {
	if x.classes == nil {
		x.classes = map[sizeClass]map[int64][]T{}
	}
	c := sizeClass{s.unit, s.decimals}
	if x.classes[c] == nil {
		x.classes[c] = map[int64][]T{}
	}
	x.classes[c][s.units] = append(x.classes[c][s.units], v)
}

// Find gives what was added under sizes that admit n bytes, in no order.
func (x *SizeIndex[T]) Find(n int64) (found []T) {
	for c, figures := range x.classes {
		near := n
		if c.unit > 1 {
			near = n / c.unit * c.decimals // without an overflow; what is cut off is added below
			near += n % c.unit * c.decimals / c.unit
		}
		for units := near - 1; units <= near+1; units++ {
			if len(figures[units]) > 0 && (Size{units: units, unit: c.unit, decimals: c.decimals}).Admits(n) {
				found = append(found, figures[units]...)
			}
		}
	}
	return found
}
