package kb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"kbverify/manifest"
)

// style is how an article prints its cells.
type style struct {
	language string
	headings map[byte]string
	empty    string // the word for an empty cell, where the layout needs one
	date     func(time.Time) string
	time     string // layout of package time
	commas   bool
	platform map[manifest.Platform]string
	bare     bool // some names have no extension
	wide     bool // full-width digits and letters
	marks    bool // direction marks around every cell
}

// print gives the cells of a file, and what of it they say.
func (s style) print(f manifest.File, at time.Time, columns string) drawnRow {
	row := drawnRow{cells: map[byte]string{}}
	for _, c := range []byte(columns) {
		switch c {
		case 'n':
			row.want.Name, row.cells[c] = f.Name, f.Name
		case 'v':
			row.want.Version, row.cells[c] = f.Version, f.Version.String()
		case 's':
			size, _ := f.Size.Exact()
			row.want.Size, row.cells[c] = f.Size, manifest.Commas(size)
			if !s.commas {
				row.cells[c] = fmt.Sprint(size)
			}
		case 'd':
			row.want.Modified, row.cells[c] = at.Format("2006-01-02"), s.date(at)
		case 't':
			row.cells[c] = strings.Replace(at.Format(s.time), "12H", at.Format("15"), 1)
		case 'p':
			row.want.Platform, row.cells[c] = f.Platform, s.platform[f.Platform]
		}
	}
	if row.want.Modified != "" && row.cells['t'] != "" {
		row.want.Modified += at.Format("T15:04")
	}
	for c, text := range row.cells {
		row.cells[c] = s.dress(text)
	}
	return row
}

func (s style) dress(text string) string {
	if text == "" {
		return ""
	}
	if s.wide {
		text = strings.Map(func(c rune) rune {
			if '0' <= c && c <= '9' || c == ':' || c == '/' || c == ',' {
				return c - '!' + 0xFF01
			}
			return c
		}, text)
	}
	if s.marks {
		text = "\u200f" + text + "\u200e"
	}
	return text
}

// drawStyle draws one of the ways in which articles of a language print.
func drawStyle(r *rand.Rand) style {
	s := styles[r.IntN(len(styles))]
	s.commas = r.IntN(5) > 0
	if s.language != "en" {
		return s
	}
	s.date = englishDates[r.IntN(len(englishDates))]
	s.time = englishTimes[r.IntN(len(englishTimes))]
	if r.IntN(2) == 0 {
		s.platform = map[manifest.Platform]string{manifest.X86: "Intel", manifest.X64: "x64", manifest.IA64: "IA64", manifest.Alpha: "Alpha"}
	}
	return s
}

var englishTimes = []string{"15:04", "3:04pm", "03:04PM", "3:04 PM"}

var englishDates = []func(time.Time) string{
	layout("02-Jan-2006"), layout("2-Jan-2006"), layout("02-Jan-06"), layout("01/02/06"), layout("1/2/2006"), layout("01/02/2006"), layout("1/2/06"),
	layout("January 2, 2006"), func(t time.Time) string { return strings.ToUpper(t.Format("02-Jan-2006")) },
}

func layout(form string) func(time.Time) string {
	return func(t time.Time) string { return t.Format(form) }
}

// months gives dates as 2-MON-2006 with the month's names of a language.
func monthNames(names string) func(time.Time) string {
	all := strings.Fields(names)
	return func(t time.Time) string { return fmt.Sprintf("%02d-%s-%d", t.Day(), all[t.Month()-1], t.Year()) }
}

func headings(n, v, s, d, t, p string) map[byte]string {
	return map[byte]string{'n': n, 'v': v, 's': s, 'd': d, 't': t, 'p': p}
}

var asIs = map[manifest.Platform]string{manifest.X86: "x86", manifest.X64: "x64", manifest.IA64: "IA-64", manifest.Alpha: "Alpha"}

var styles = []style{
	{language: "en", headings: headings("File name", "Version", "Size", "Date", "Time", "Platform"), empty: "Not applicable", platform: asIs},
	{language: "en", headings: headings("File name", "File version", "File size", "Date (UTC)", "Time (UTC)", "Platform"), empty: "N/A", platform: asIs},
	{language: "zh", headings: headings("文件名称", "文件版本", "文件大小", "日期", "时间", "平台"), empty: "不适用", date: layout("2006-1-2"), time: "15:04", platform: asIs},
	{language: "sv", headings: headings("Filnamn", "Filversion", "Filstorlek", "Datum", "Tid", "Plattform"), empty: "Ej tillämplig", date: layout("2006-01-02"), time: "15:04", platform: asIs},
	{language: "he", headings: headings("שם קובץ", "גירסת קובץ", "גודל קובץ", "תאריך", "שעה", "פלטפורמה"), empty: "לא ישים", marks: true,
		date: layout("02-Jan-2006"), time: "15:04", platform: map[manifest.Platform]string{manifest.X86: "מס' x86", manifest.X64: "x64", manifest.IA64: "IA-64", manifest.Alpha: "Alpha"}},
	{language: "de", headings: headings("Dateiname", "Dateiversion", "Dateigröße", "Datum", "Uhrzeit", "Plattform"), empty: "Nicht zutreffend",
		date: monthNames("Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez"), time: "15:04", platform: asIs},
	{language: "de", headings: headings("Dateiname", "Dateiversion", "Dateigröße", "Datum", "Zeit", "Plattform"), empty: "Nicht zutreffend",
		date: layout("02.01.2006"), time: "15:04", platform: asIs},
	{language: "fr", headings: headings("Nom de fichier", "Version de fichier", "Taille de fichier", "Date", "Heure", "Plate-forme"), empty: "Non applicable",
		date: monthNames("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."), time: "15:04", platform: asIs},
	{language: "fr", headings: headings("Nom du fichier", "Version du fichier", "Taille du fichier", "Date", "Heure", "Plate-forme"), empty: "Non applicable",
		date: layout("02/01/2006"), time: "15:04", platform: asIs},
	{language: "ja", headings: headings("ファイル名", "ファイル バージョン", "ファイル サイズ", "日付", "時刻", "プラットフォーム"), empty: "該当なし", wide: true,
		date: layout("2006/01/02"), time: "15:04", platform: asIs},
	{language: "ja", headings: headings("ファイル名", "バージョン", "サイズ", "日付", "時間", "プラットフォーム"), empty: "該当なし",
		date: layout("2006年1月2日"), time: "15:04", platform: asIs},
}
