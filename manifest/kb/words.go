package kb

import (
	"strings"
	"unicode"
)

// word is a column heading: what the column holds and the language it is in.
type word struct {
	kind kind
	lang string // BCP 47; "" where several languages share the word
}

// headerWords are the column headings of file tables, in lower case, as
// Microsoft's translations print them. English first, and every heading that
// the old articles use. A heading in a language that is not here is
// no obstacle: the rows then establish the order themselves.
var headerWords = map[string]word{
	"file name": {nameKind, "en"}, "filename": {nameKind, "en"}, "file names": {nameKind, "en"}, "name": {nameKind, ""}, "file": {nameKind, "en"},
	"file version": {versionKind, "en"}, "version": {versionKind, ""}, "file ver": {versionKind, "en"}, "fileversion": {versionKind, "en"},
	"file size": {sizeKind, "en"}, "size": {sizeKind, "en"}, "bytes": {sizeKind, ""}, "filesize": {sizeKind, "en"}, "size (bytes)": {sizeKind, "en"},
	"file size (bytes)": {sizeKind, "en"},
	"date":              {dateKind, ""}, "file date": {dateKind, "en"}, "date (utc)": {dateKind, ""}, "date stamp": {dateKind, "en"}, "modified": {dateKind, "en"},
	"time": {timeKind, "en"}, "file time": {timeKind, "en"}, "time (utc)": {timeKind, "en"}, "time stamp": {timeKind, "en"},
	"platform": {platformKind, ""}, "operating system": {platformKind, "en"}, "processor": {platformKind, "en"}, "architecture": {platformKind, "en"},
	"cpu":            {platformKind, "en"},
	"sp requirement": {noteKind, "en"}, "service branch": {noteKind, "en"}, "folder": {noteKind, "en"}, "language": {noteKind, "en"}, "path": {noteKind, "en"},
	"sr_level": {noteKind, "en"}, "source": {groupKind, "en"}, "sha256 hash": {hashKind, ""}, "sha256": {hashKind, ""}, "sha1 hash": {hashKind, ""}, "sha-256": {hashKind, ""},
	"sha1": {hashKind, ""}, "sha-1": {hashKind, ""}, "md5": {hashKind, ""}, "hash": {hashKind, ""}, "sha256 hash value": {hashKind, ""},

	"文件名称": {nameKind, "zh-CN"}, "文件名": {nameKind, "zh-CN"}, "文件版本": {versionKind, "zh-CN"}, "版本": {versionKind, "zh-CN"}, "文件大小": {sizeKind, "zh-CN"},
	"大小": {sizeKind, "zh-CN"}, "日期": {dateKind, ""}, "时间": {timeKind, "zh-CN"}, "名称": {nameKind, "zh-CN"}, "名稱": {nameKind, "zh-TW"}, "平台": {platformKind, "zh-CN"},
	"檔案名稱": {nameKind, "zh-TW"}, "檔案版本": {versionKind, "zh-TW"}, "檔案大小": {sizeKind, "zh-TW"}, "時間": {timeKind, "zh-TW"},
	"ファイル名": {nameKind, "ja-JP"}, "ファイル バージョン": {versionKind, "ja-JP"}, "ファイルのバージョン": {versionKind, "ja-JP"}, "ファイル サイズ": {sizeKind, "ja-JP"},
	"バージョン": {versionKind, "ja-JP"}, "サイズ": {sizeKind, "ja-JP"}, "ファイルサイズ": {sizeKind, "ja-JP"}, "日付": {dateKind, "ja-JP"}, "時刻": {timeKind, "ja-JP"}, "名前": {nameKind, "ja-JP"}, "プラットフォーム": {platformKind, "ja-JP"}, "プラットホーム": {platformKind, "ja-JP"},
	"파일 이름": {nameKind, "ko-KR"}, "파일 버전": {versionKind, "ko-KR"}, "파일 크기": {sizeKind, "ko-KR"}, "날짜": {dateKind, "ko-KR"}, "시간": {timeKind, "ko-KR"}, "이름": {nameKind, "ko-KR"}, "버전": {versionKind, "ko-KR"}, "크기": {sizeKind, "ko-KR"}, "플랫폼": {platformKind, "ko-KR"},
	"filnamn": {nameKind, "sv-SE"}, "filversion": {versionKind, "sv-SE"}, "filstorlek": {sizeKind, "sv-SE"}, "storlek": {sizeKind, "sv-SE"}, "datum": {dateKind, ""},
	"tid": {timeKind, ""}, "plattform": {platformKind, ""},
	"filnavn": {nameKind, "nb-NO"}, "filstørrelse": {sizeKind, ""}, "dato": {dateKind, ""}, "klokkeslett": {timeKind, "nb-NO"}, "klokkeslæt": {timeKind, "da-DK"},
	"tidspunkt": {timeKind, ""}, "tiedostonimi": {nameKind, "fi-FI"}, "tiedoston nimi": {nameKind, "fi-FI"}, "tiedostoversio": {versionKind, "fi-FI"},
	"tiedoston versio": {versionKind, "fi-FI"}, "tiedostokoko": {sizeKind, "fi-FI"}, "tiedoston koko": {sizeKind, "fi-FI"}, "päivämäärä": {dateKind, "fi-FI"},
	"aika": {timeKind, "fi-FI"}, "ympäristö": {platformKind, "fi-FI"}, "käyttöympäristö": {platformKind, "fi-FI"},
	"dateiname": {nameKind, "de-DE"}, "dateiversion": {versionKind, "de-DE"}, "dateigröße": {sizeKind, "de-DE"}, "größe": {sizeKind, "de-DE"}, "uhrzeit": {timeKind, "de-DE"},
	"zeit": {timeKind, "de-DE"}, "nom de fichier": {nameKind, "fr-FR"}, "nom du fichier": {nameKind, "fr-FR"}, "version de fichier": {versionKind, "fr-FR"},
	"version du fichier": {versionKind, "fr-FR"}, "taille de fichier": {sizeKind, "fr-FR"}, "taille du fichier": {sizeKind, "fr-FR"}, "taille": {sizeKind, "fr-FR"},
	"heure": {timeKind, "fr-FR"}, "plate-forme": {platformKind, "fr-FR"}, "plateforme": {platformKind, "fr-FR"},
	"nombre de archivo": {nameKind, "es-ES"}, "nombre del archivo": {nameKind, "es-ES"}, "versión de archivo": {versionKind, "es-ES"}, "versión del archivo": {versionKind, "es-ES"},
	"tamaño de archivo": {sizeKind, "es-ES"}, "tamaño del archivo": {sizeKind, "es-ES"}, "tamaño": {sizeKind, "es-ES"}, "fecha": {dateKind, "es-ES"}, "hora": {timeKind, ""},
	"plataforma": {platformKind, ""}, "nome file": {nameKind, "it-IT"}, "nome del file": {nameKind, "it-IT"}, "versione file": {versionKind, "it-IT"},
	"versione del file": {versionKind, "it-IT"}, "dimensioni file": {sizeKind, "it-IT"}, "dimensione del file": {sizeKind, "it-IT"}, "dimensioni": {sizeKind, "it-IT"},
	"data": {dateKind, ""}, "ora": {timeKind, "it-IT"}, "piattaforma": {platformKind, "it-IT"},
	"nome do arquivo": {nameKind, "pt-BR"}, "nome de arquivo": {nameKind, "pt-BR"}, "versão do arquivo": {versionKind, "pt-BR"}, "tamanho do arquivo": {sizeKind, "pt-BR"},
	"nome do ficheiro": {nameKind, "pt-PT"}, "versão do ficheiro": {versionKind, "pt-PT"}, "versão": {versionKind, ""}, "versión": {versionKind, "es-ES"}, "versione": {versionKind, "it-IT"},
	"versie": {versionKind, "nl-NL"}, "grootte": {sizeKind, "nl-NL"}, "версия": {versionKind, "ru-RU"}, "размер": {sizeKind, "ru-RU"}, "wersja": {versionKind, "pl-PL"},
	"rozmiar": {sizeKind, "pl-PL"}, "verze": {versionKind, "cs-CZ"}, "velikost": {sizeKind, "cs-CZ"}, "sürüm": {versionKind, "tr-TR"}, "boyut": {sizeKind, "tr-TR"}, "tamanho do ficheiro": {sizeKind, "pt-PT"}, "tamanho": {sizeKind, ""},
	"bestandsnaam": {nameKind, "nl-NL"}, "bestandsversie": {versionKind, "nl-NL"}, "bestandsgrootte": {sizeKind, "nl-NL"}, "tijd": {timeKind, "nl-NL"},
	"имя файла": {nameKind, "ru-RU"}, "версия файла": {versionKind, "ru-RU"}, "размер файла": {sizeKind, "ru-RU"}, "дата": {dateKind, "ru-RU"}, "время": {timeKind, "ru-RU"}, "платформа": {platformKind, "ru-RU"},
	"nazwa pliku": {nameKind, "pl-PL"}, "wersja pliku": {versionKind, "pl-PL"}, "rozmiar pliku": {sizeKind, "pl-PL"}, "godzina": {timeKind, "pl-PL"}, "platforma": {platformKind, ""},
	"název souboru": {nameKind, "cs-CZ"}, "verze souboru": {versionKind, "cs-CZ"}, "velikost souboru": {sizeKind, "cs-CZ"}, "čas": {timeKind, "cs-CZ"},
	"dosya adı": {nameKind, "tr-TR"}, "dosya sürümü": {versionKind, "tr-TR"}, "dosya boyutu": {sizeKind, "tr-TR"}, "tarih": {dateKind, "tr-TR"}, "saat": {timeKind, "tr-TR"},
	"fájlnév": {nameKind, "hu-HU"}, "fájlverzió": {versionKind, "hu-HU"}, "fájlméret": {sizeKind, "hu-HU"}, "dátum": {dateKind, "hu-HU"}, "idő": {timeKind, "hu-HU"},
	"שם קובץ": {nameKind, "he-IL"}, "שם הקובץ": {nameKind, "he-IL"}, "גירסת קובץ": {versionKind, "he-IL"}, "גרסת קובץ": {versionKind, "he-IL"}, "גירסה": {versionKind, "he-IL"}, "גרסה": {versionKind, "he-IL"}, "גודל קובץ": {sizeKind, "he-IL"}, "גודל": {sizeKind, "he-IL"}, "תאריך": {dateKind, "he-IL"},
	"שעה": {timeKind, "he-IL"}, "פלטפורמה": {platformKind, "he-IL"},
	"اسم الملف": {nameKind, "ar-SA"}, "إصدار الملف": {versionKind, "ar-SA"}, "حجم الملف": {sizeKind, "ar-SA"}, "التاريخ": {dateKind, "ar-SA"}, "الوقت": {timeKind, "ar-SA"}, "النظام الأساسي": {platformKind, "ar-SA"},
}

// longestHeader is the length in bytes of the longest heading.
var longestHeader = func() int {
	n := 0
	for w := range headerWords {
		n = max(n, len(w))
	}
	return n
}()

// notApplicable are the words for an empty cell, in lower case. Others are
// learnt from the table: the words that fill the version and the platform of
// one row.
var notApplicable = map[string]bool{
	"": true, "-": true, "--": true, "—": true, "–": true, "*": true, "n/a": true, "na": true, "not applicable": true, "none": true, "not available": true, "blank": true,
	"不适用": true, "不適用": true, "該当なし": true, "適用なし": true, "해당 없음": true, "해당 사항 없음": true,
	"ej tillämplig": true, "ej tillämpligt": true, "inte tillämpligt": true, "ikke tilgængelig": true, "ikke relevant": true, "ikke aktuelt": true,
	"ei käytettävissä": true, "ei saatavilla": true, "ei sovellettavissa": true, "nicht zutreffend": true, "nicht anwendbar": true, "nicht verfügbar": true,
	"non applicable": true, "sans objet": true, "no aplicable": true, "no disponible": true, "no corresponde": true, "non applicabile": true, "non disponibile": true,
	"não aplicável": true, "não se aplica": true, "niet van toepassing": true, "неприменимо": true, "не применимо": true, "нет данных": true,
	"nie dotyczy": true, "není k dispozici": true, "neuvedeno": true, "uygulanamaz": true, "geçerli değil": true, "nem alkalmazható": true,
	"לא ישים": true, "לא רלוונטי": true, "غير قابل للتطبيق": true, "غير متوفر": true,
}

func isNotApplicable(text string) bool { return notApplicable[fold(text)] }

// fold brings a piece of text into the form of the tables above.
func fold(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// months are the names and abbreviations by which articles print a month, in
// the languages of Microsoft's translations and in lower case. Dates with other
// names are kept as printed and reported.
var months = func() map[string]int {
	m := map[string]int{}
	for _, year := range []string{
		"january february march april may june july august september october november december",
		"jan feb mar apr may jun jul aug sep oct nov dec", "jan feb mär apr mai jun jul aug sept okt nov dez", "jan feb mrz apr mai jun jul aug sep okt nov dez",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"januari februari mars april maj juni juli augusti september oktober november december",
		"jan feb mrt apr mei jun jul aug sep okt nov dec", "januari februari maart april mei juni juli augustus september oktober november december",
		"januar februar marts april maj juni juli august september oktober november december",
		"janv févr mars avr mai juin juil août sept oct nov déc", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"ene feb mar abr may jun jul ago sep oct nov dic", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"gen feb mar apr mag giu lug ago set ott nov dic", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"jan fev mar abr mai jun jul ago set out nov dez", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"янв фев мар апр май июн июл авг сен окт ноя дек", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"sty lut mar kwi maj cze lip sie wrz paź lis gru", "led úno bře dub kvě čvn čvc srp zář říj lis pro",
		"oca şub mar nis may haz tem ağu eyl eki kas ara", "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
		"ינו פבר מרץ אפר מאי יונ יול אוג ספט אוק נוב דצמ", "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
		"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
		"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
		"1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월", "jan febr márc ápr máj jún júl aug szept okt nov dec",
		"ינו׳ פבר׳ מרץ אפר׳ מאי יונ׳ יול׳ אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳",
	} {
		for i, name := range strings.Fields(year) {
			if _, there := m[name]; !there {
				m[name] = i + 1
			}
		}
	}
	return m
}()

// month gives the number of a month's name.
func month(name string) (int, bool) {
	n, ok := months[strings.TrimFunc(strings.ToLower(name), func(r rune) bool { return r == '.' || unicode.IsSpace(r) })]
	return n, ok
}
