package values

import (
	"strings"
	"sync"
	"unicode"
)

// emptyWords are the words for an empty cell, in lower case. Others are learnt
// from the table.
const emptyWords = `
-|--|---|—|–|*|?|n/a|na|not applicable|none|not available|blank|not versioned|unversioned|no version|不适用|不適用|該当なし|適用なし
해당 없음|해당 사항 없음|ej tillämplig|ej tillämpligt|inte tillämpligt|ikke tilgængelig|ikke relevant
ikke aktuelt|ei käytettävissä|ei saatavilla|ei sovellettavissa|nicht zutreffend|nicht anwendbar|nicht verfügbar
non applicable|sans objet|no aplicable|no disponible|no corresponde|non applicabile|non disponibile|não aplicável
não se aplica|niet van toepassing|неприменимо|не применимо|нет данных|nie dotyczy
není k dispozici|neuvedeno|uygulanamaz|geçerli değil|nem alkalmazható|לא ישים|לא רלוונטי
غير قابل للتطبيق|غير متوفر
`

var notApplicable = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{"": true}
	for w := range strings.FieldsFuncSeq(emptyWords, func(r rune) bool { return r == '|' || r == '\n' }) {
		words[w] = true
	}
	return words
})

// emptyBegins are the bytes with which a word for an empty cell begins, in either
// case, or a blank in front of it.
var emptyBegins = sync.OnceValue(func() (begins [256]bool) {
	for w := range notApplicable() {
		if w != "" {
			begins[w[0]], begins[strings.ToUpper(w)[0]] = true, true
		}
	}
	for _, blank := range []byte(" \t\n\v\f\r") {
		begins[blank] = true
	}
	return begins
})

// NotApplicable: an empty cell, or a word for one.
func NotApplicable(text string) bool {
	const longest = 60 // bytes
	return text == "" || len(text) <= longest && emptyBegins()[text[0]] && notApplicable()[Fold(text)]
}

// monthNames are the names and abbreviations by which articles print a month,
// in the languages of Microsoft's translations and in lower case, twelve after
// twelve. Dates with other names are kept as printed and reported.
const monthNames = `
january february march april may june july august september october november december jan feb mar apr may jun jul aug
sep oct nov dec jan feb mär apr mai jun jul aug sept okt nov dez jan feb mrz apr mai jun jul aug sep okt nov dez
januar februar märz april mai juni juli august september oktober november dezember januari februari mars april maj
juni juli augusti september oktober november december jan feb mrt apr mei jun jul aug sep okt nov dec januari
februari maart april mei juni juli augustus september oktober november december januar februar marts april maj juni
juli august september oktober november december janv févr mars avr mai juin juil août sept oct nov déc janvier
février mars avril mai juin juillet août septembre octobre novembre décembre ene feb mar abr may jun jul ago sep
oct nov dic enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gen feb mar apr
mag giu lug ago set ott nov dic gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre
dicembre jan fev mar abr mai jun jul ago set out nov dez janeiro fevereiro março abril maio junho julho agosto
setembro outubro novembro dezembro янв фев мар апр май июн июл авг сен окт ноя
дек января февраля марта апреля мая июня июля августа сентября
октября ноября декабря sty lut mar kwi maj cze lip sie wrz paź lis gru led úno bře dub kvě
čvn čvc srp zář říj lis pro oca şub mar nis may haz tem ağu eyl eki kas ara tammi helmi maalis huhti touko
kesä heinä elo syys loka marras joulu ינו פבר מרץ אפר מאי יונ יול אוג ספט אוק נוב
דצמ ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר
נובמבר דצמבר يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس
سبتمبر أكتوبر نوفمبر ديسمبر 1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月
一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月 1월 2월 3월 4월 5월
6월 7월 8월 9월 10월 11월 12월 jan febr márc ápr máj jún júl aug szept okt nov dec ינו׳ פבר׳
מרץ אפר׳ מאי יונ׳ יול׳ אוג׳ ספט׳ אוק׳ נוב׳ דצמ׳
`

var months = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for i, name := range strings.Fields(monthNames) {
		if _, there := m[name]; !there {
			m[name] = i%12 + 1
		}
	}
	return m
})

// month gives the number of a month's name.
func month(name string) (int, bool) {
	n, ok := months()[strings.TrimFunc(strings.ToLower(name), func(r rune) bool { return r == '.' || unicode.IsSpace(r) })]
	return n, ok
}
