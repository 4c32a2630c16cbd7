package inventory

import (
	"errors"
	"fmt"

	"kbverify/manifest"
)

func (d *inventoryReader) name(s *string) error {
	if len(*s) > longestName {
		return fmt.Errorf("a name of more than %d bytes", longestName)
	}
	d.inv.Names = append(d.inv.Names, *s)
	return checkText(*s)
}

func (d *inventoryReader) excluded(s *string) error {
	d.inv.Excluded = append(d.inv.Excluded, *s)
	_, err := parseExcludes([]string{*s})
	return err
}

func (d *inventoryReader) folder(r *folderRecord) error {
	f := Folder{value(r.Path), value(r.Platform)}
	left, name, err := d.under(f.Path)
	if err != nil {
		return err
	}
	platform, ok := manifest.FolderPlatform(name)
	if f.Path == "." {
		platform, ok = f.Platform, f.Platform.Known()
	}
	if !ok || platform != f.Platform {
		return errors.New("no platform folder, or another platform's")
	}
	if !left {
		d.inv.Folders = append(d.inv.Folders, f)
	}
	return nil
}

func (d *inventoryReader) fault(r *faultRecord) error {
	f := Fault{value(r.Path), value(r.Error)}
	left, _, err := d.under(f.Path)
	if err == nil && !left {
		d.inv.Faults = append(d.inv.Faults, f)
	}
	return errors.Join(err, checkText(f.Error))
}

func (d *inventoryReader) link(r *linkRecord) error {
	l := Link{value(r.Path), value(r.Target)}
	left, _, err := d.under(l.Path)
	if err == nil && l.Target != "" {
		err = checkText(l.Target)
	}
	if err == nil && !left {
		d.inv.Links = append(d.inv.Links, l)
	}
	return err
}

// under checks the path of a folder, and says whether it is left out, and its
// raw name. The root is ".".
func (d *inventoryReader) under(path string) (left bool, name string, err error) {
	if path == "." {
		return false, ".", nil
	}
	names, err := checkPath(path)
	if err != nil {
		return false, "", err
	}
	return d.exclude.within(names), names[len(names)-1], nil
}
