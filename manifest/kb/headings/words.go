package headings

import (
	"strings"
	"sync"

	"kbverify/manifest/kb/pattern"
	"kbverify/manifest/kb/values"
)

// vocabulary are the column headings of file tables, in lower case, as
// Microsoft's translations print them: by language ("*" where several share the
// words) and by what stands below. English first, and every heading that the old
// articles use. A heading in a language that is not here is no obstacle: the
// rows then establish the order themselves.
const vocabulary = `
en name=file name|filename|file names|file; version=file version|file ver|fileversion; size=file size|size|filesize
en version=new version|updated version|previous version|old version|original version
en version=version#|version #|version number|current version; size=size (bytes)|file size (bytes)|size in bytes
en date=file date|date stamp|modified|last modified|date modified|modifiedtime|date/time|time/date|date and time
en date=date & time; time=time|file time|time (utc)|time stamp
en platform=operating system|processor|architecture|cpu; note=sp requirement|service branch|folder|language|path
en note=sr_level|locale|location|destination|destination folder|description|expanded size|uncompressed size
en note=expanded name|uncompressed name|file identifier|kb article; group=source
* name=name; version=version|versão; size=bytes|filstørrelse|tamanho; date=date|date (utc)|日期|datum|dato|data
* platform=platform|plattform|plataforma|platforma; hash=sha256 hash|sha256|sha1 hash|sha-256|sha1|sha-1|md5|hash
* hash=sha256 hash value; time=tid|tidspunkt|hora
zh-CN name=文件名称|文件名|名称; version=文件版本|版本; size=文件大小|大小; time=时间
zh-CN platform=平台
zh-TW name=名稱|檔案名稱; version=檔案版本; size=檔案大小; time=時間
ja-JP name=ファイル名|名前; version=ファイル バージョン|ファイルのバージョン
ja-JP version=バージョン; size=ファイル サイズ|サイズ|ファイルサイズ; date=日付; time=時刻
ja-JP platform=プラットフォーム|プラットホーム
ko-KR name=파일 이름|이름; version=파일 버전|버전; size=파일 크기|크기; date=날짜; time=시간
ko-KR platform=플랫폼
sv-SE name=filnamn; version=filversion; size=filstorlek|storlek
nb-NO name=filnavn; time=klokkeslett
da-DK time=klokkeslæt
fi-FI name=tiedostonimi|tiedoston nimi; version=tiedostoversio|tiedoston versio; size=tiedostokoko|tiedoston koko
fi-FI date=päivämäärä; time=aika; platform=ympäristö|käyttöympäristö
de-DE name=dateiname; version=dateiversion; size=dateigröße|größe; time=uhrzeit|zeit
fr-FR name=nom de fichier|nom du fichier; version=version de fichier|version du fichier; size=taille de fichier
fr-FR size=taille du fichier|taille; time=heure; platform=plate-forme|plateforme
es-ES name=nombre de archivo|nombre del archivo; version=versión de archivo|versión del archivo|versión
es-ES size=tamaño de archivo|tamaño del archivo|tamaño; date=fecha
it-IT name=nome file|nome del file; version=versione file|versione del file|versione; size=dimensioni file
it-IT size=dimensione del file|dimensioni; time=ora; platform=piattaforma
pt-BR name=nome do arquivo|nome de arquivo; version=versão do arquivo; size=tamanho do arquivo
pt-PT name=nome do ficheiro; version=versão do ficheiro; size=tamanho do ficheiro
nl-NL version=versie|bestandsversie; size=grootte|bestandsgrootte; name=bestandsnaam; time=tijd
ru-RU version=версия|версия файла; size=размер|размер файла; name=имя файла
ru-RU date=дата; time=время; platform=платформа
pl-PL version=wersja|wersja pliku; size=rozmiar|rozmiar pliku; name=nazwa pliku; time=godzina
cs-CZ version=verze|verze souboru; size=velikost|velikost souboru; name=název souboru; time=čas
tr-TR version=sürüm|dosya sürümü; size=boyut|dosya boyutu; name=dosya adı; date=tarih; time=saat
hu-HU name=fájlnév; version=fájlverzió; size=fájlméret; date=dátum; time=idő
he-IL name=שם קובץ|שם הקובץ; version=גירסת קובץ|גרסת קובץ|גירסה|גרסה
he-IL size=גודל קובץ|גודל; date=תאריך; time=שעה; platform=פלטפורמה
ar-SA name=اسم الملف; version=إصدار الملف; size=حجم الملف; date=التاريخ
ar-SA time=الوقت; platform=النظام الأساسي
`

// moments are the headings of a column that holds a date and a time of day.
var moments = map[string]bool{"date/time": true, "time/date": true, "date and time": true, "date & time": true}

// word is a column heading: what the column holds and the language it is in.
type word struct {
	kind values.Kind
	lang string // BCP 47; "" where several languages share the word
}

// words is the vocabulary by heading.
var words = sync.OnceValue(func() map[string]word {
	out := map[string]word{}
	for line := range strings.Lines(strings.TrimSpace(vocabulary)) {
		lang, kinds, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for part := range strings.SplitSeq(kinds, "; ") {
			name, list, _ := strings.Cut(part, "=")
			for w := range strings.SplitSeq(list, "|") {
				out[w] = word{kindNamed(name), strings.TrimPrefix(lang, "*")}
			}
		}
	}
	return out
})

func kindNamed(name string) values.Kind {
	k := values.Name
	for k.String() != name {
		k++
	}
	return k
}

// longest is the length in bytes of the longest heading.
var longest = sync.OnceValue(func() int {
	n := 0
	for w := range words() {
		n = max(n, len(w))
	}
	return n
})

// firstTwo are the two bytes with which headings begin.
var firstTwo = sync.OnceValue(func() map[[2]byte]bool {
	out := map[[2]byte]bool{}
	for w := range words() {
		out[[2]byte{w[0], w[1]}] = true
	}
	return out
})

// begins is a quick look: text begins like a heading, behind blanks and pipes.
func begins(text string) bool {
	for text != "" && (text[0] == ' ' || text[0] == '|') {
		text = text[1:]
	}
	return text == "" || len(text) > 1 && firstTwo()[[2]byte{text[0], text[1]}]
}

// Lookup gives what stands below a heading.
func Lookup(text string) (values.Kind, bool) {
	w, known := lookup(values.Fold(text))
	return w.kind, known
}

// lookup gives what a heading says, with or without a remark behind it: "Date (UTC)".
func lookup(folded string) (word, bool) {
	w, known := words()[folded]
	if front, remark := Remark(folded); !known && remark != "" {
		if w, known = words()[front]; known && OtherUnits(remark) {
			return word{}, false
		}
	}
	return w, known
}

// Remark takes a remark in parentheses off a heading.
func Remark(text string) (front, remark string) {
	if !strings.HasSuffix(text, ")") {
		return text, ""
	}
	front, remark, found := strings.Cut(text[:len(text)-1], "(")
	if !found {
		return text, ""
	}
	return strings.TrimSpace(front), strings.TrimSpace(remark)
}

// OtherUnits: the heading names a unit of sizes that is not the byte. What stands
// below it is not what the heading says without it.
func OtherUnits(text string) bool { return units().MatchString(text) }

var units = pattern.New(`(?i)\b[kmg]i?b?\b|\b(?:kilo|mega|giga)|\b(?:block|cluster|sector)`)
