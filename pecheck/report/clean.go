package report

import (
	"reflect"

	"kbverify/pecheck/result"
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

// cleaned gives a clean copy of the result of a root, whose paths stay on one line
// where that is wanted.
func (o Options) cleaned(r result.RootResult) result.RootResult {
	r = cleaned(r)
	if !o.whole {
		return r
	}
	r.Root, r.Error = glued(r.Root), gluedQuotes(r.Error)
	glueAll(r.Excluded)
	glueAll(r.Unasked)
	for i := range r.Faults {
		r.Faults[i].Path = glued(r.Faults[i].Path)
	}
	for i := range r.Links {
		r.Links[i].Path, r.Links[i].Target = glued(r.Links[i].Path), glued(r.Links[i].Target)
	}
	for i := range r.Tables {
		t := &r.Tables[i]
		t.Manifest = glued(t.Manifest)
		for j := range t.SetAside {
			t.SetAside[j].Path = glued(t.SetAside[j].Path)
		}
		glueReasons(t.Reason, t.Next, t.Remarks)
		glueCopies(t.Unlisted)
		for j := range t.Rows {
			t.Rows[j].Name, t.Rows[j].Path = glued(t.Rows[j].Name), glued(t.Rows[j].Path)
			glueReasons(t.Rows[j].Reason)
			glueCopies(t.Rows[j].Copies)
		}
	}
	return r
}

// path is a clean path, on one line where that is wanted.
func (o Options) path(path string) string {
	if o.whole {
		return glued(path)
	}
	return path
}

func glueAll(paths []string) {
	for i := range paths {
		paths[i] = glued(paths[i])
	}
}

func glueCopies(copies []result.CopyResult) {
	for i := range copies {
		copies[i].Path = glued(copies[i].Path)
		glueReasons(copies[i].Notes)
	}
}

func glueReasons(lists ...[]result.Reason) {
	for _, list := range lists {
		for i := range list {
			r := &list[i]
			r.Folder, r.Name, r.Text = glued(r.Folder), glued(r.Name), gluedQuotes(r.Text)
			glueReasons(r.Because)
		}
	}
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
