// Command release makes of the programs that .ci/build has built what people
// download: an archive for each system, with the manual pages, the completions,
// the documents, the licences of what is linked in and a list of it (SBOM), and the
// checksums of everything.
//
//	go run ./.ci/release VERSION DIR
//
// The same programs give the same bytes: names are sorted, and every time is that of
// SOURCE_DATE_EPOCH, in seconds.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: release VERSION DIR")
		os.Exit(2)
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err == nil {
		err = release(os.Args[1], os.Args[2], os.Args[2], time.Unix(seconds, 0).UTC())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release makes archives in the folder out of the programs in the folder dir.
func release(version, dir, out string, at time.Time) error {
	programs, err := filepath.Glob(filepath.Join(dir, "kbverify-"+version+"-*-*"))
	if err != nil {
		return err
	}
	programs = slices.DeleteFunc(programs, func(p string) bool { return isArchive(p) })
	common, err := documents(filepath.Join(dir, "kbverify-"+version+"-"+runtime.GOOS+"-"+runtime.GOARCH))
	if err != nil {
		return err
	}
	for _, program := range programs {
		if err := archive(program, version, out, common, at); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
	}
	return checksums(dir, out)
}

func isArchive(name string) bool {
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".zip")
}

// content is what an archive holds: the bytes of each file, by its path.
type content map[string][]byte

// add reads a file of the disk.
func (c content) add(name, file string) (err error) {
	c[name], err = os.ReadFile(file)
	return err
}

// documents are the files that are the same for every system. The manual pages and
// the completions are what the program itself prints.
func documents(program string) (content, error) {
	c := content{}
	say := func(name string, args ...string) error {
		text, err := exec.Command(program, args...).Output()
		c[name] = text
		return err
	}
	for shell, name := range map[string]string{
		"bash": "kbverify.bash", "zsh": "_kbverify", "fish": "kbverify.fish", "powershell": "kbverify.ps1",
	} {
		if err := say("completions/"+name, "completion", shell); err != nil {
			return nil, err
		}
	}
	commands, err := exec.Command(program, "__complete", "help", ":").Output()
	if err != nil {
		return nil, err
	}
	pages := map[string][]string{"kbverify": nil}
	for _, line := range strings.Split(strings.TrimSpace(string(commands)), "\n")[1:] {
		command, _, _ := strings.Cut(line, "\t")
		pages["kbverify-"+command] = []string{command}
	}
	for page, args := range pages {
		if err := say("man/man1/"+page+".1", append([]string{"man"}, args...)...); err != nil {
			return nil, err
		}
	}
	files, err := exec.Command("git", "ls-files", "-z", "README.md", "CHANGELOG.md", "docs").Output()
	if err != nil {
		return nil, err
	}
	for _, file := range strings.Split(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		if err := c.add(file, file); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// archive makes the archive of one program.
func archive(program, version, out string, common content, at time.Time) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(program), ".exe")
	files := maps.Clone(common)
	file := "kbverify" + strings.TrimPrefix(filepath.Base(program), name)
	if err := files.add(file, program); err != nil {
		return err
	}
	modules, err := linked(info)
	if err != nil {
		return err
	}
	for _, m := range modules {
		for license, text := range m.licenses {
			files[path.Join("licenses", m.path, license)] = text
		}
	}
	if files["sbom.cdx.json"], err = sbom(version, files[file], info, modules, at); err != nil {
		return err
	}
	var packed []byte
	if strings.HasSuffix(program, ".exe") {
		name += ".zip"
		packed, err = files.zip(strings.TrimSuffix(name, ".zip"), at)
	} else {
		name += ".tar.gz"
		packed, err = files.tar(strings.TrimSuffix(name, ".tar.gz"), at)
	}
	if err != nil {
		return err
	}
	fmt.Println(filepath.Join(out, name))
	return os.WriteFile(filepath.Join(out, name), packed, 0o644)
}

// mode is that of a file of an archive.
func mode(name string) fs.FileMode {
	if name == "kbverify" || name == "kbverify.exe" {
		return 0o755
	}
	return 0o644
}

func (c content) tar(folder string, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(c)) {
		err := w.WriteHeader(&tar.Header{
			Name: folder + "/" + name, Mode: int64(mode(name)), Size: int64(len(c[name])), ModTime: at,
			Uname: "root", Gname: "root",
		})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(c[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

func (c content) zip(folder string, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(c)) {
		header := &zip.FileHeader{Name: folder + "/" + name, Method: zip.Deflate, Modified: at}
		header.SetMode(mode(name))
		w, err := z.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(c[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// checksums writes SHA256SUMS, as sha256sum reads it: of the archives in out, and of
// the programs beside them.
func checksums(dir, out string) error {
	sums := map[string]string{}
	for _, folder := range []string{dir, out} {
		files, err := filepath.Glob(filepath.Join(folder, "kbverify-*"))
		if err != nil {
			return err
		}
		for _, file := range files {
			if folder != out && isArchive(file) {
				continue
			}
			r, err := os.Open(file)
			if err != nil {
				return err
			}
			h := sha256.New()
			_, err = io.Copy(h, r)
			if r.Close(); err != nil {
				return err
			}
			sums[filepath.Base(file)] = fmt.Sprintf("%x", h.Sum(nil))
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(b.String()), 0o644)
}
