package report

import (
	"reflect"

	"kbverify/pecheck/visible"
)

// cleaned gives a copy of v in which every text is clean, whatever fields the
// type has or gets: the one place through which results pass on their way out.
func cleaned[T any](v T) T { return cleanedBy(v, visible.Text) }

// cleanedBy is the same for formats that bear less.
func cleanedBy[T any](v T, text func(string) string) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	copyClean(out, reflect.ValueOf(&v).Elem(), text)
	return out.Interface().(T)
}

func copyClean(to, from reflect.Value, text func(string) string) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(text(from.String()))
	case reflect.Struct:
		if from.NumField() > 0 && !from.Type().Field(0).IsExported() {
			to.Set(from) // a version or size, which is made of nothing but what it may hold
			return
		}
		for i := range from.NumField() {
			copyClean(to.Field(i), from.Field(i), text)
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyClean(to.Index(i), from.Index(i), text)
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyClean(to.Elem(), from.Elem(), text)
		}
	default: // numbers, and maps with verdicts as keys
		to.Set(from)
	}
}
