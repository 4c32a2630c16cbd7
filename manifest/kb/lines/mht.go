package lines

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// archived gives the page inside a web archive (.mht, .mhtml), as browsers save
// one in a single file, and the source line where it begins; false where data is
// none, or holds no page. Line breaks that only the transport needed are gone from
// the page, so that its lines stand at or above those of the file.
func archived(data []byte) (page []byte, line int, ok bool) {
	const head = 4 << 10 // bytes; the headers of an archive come first
	if start := data[:min(len(data), head)]; !bytes.Contains(bytes.ToLower(start), []byte("multipart/")) {
		return nil, 0, false
	}
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return nil, 0, false
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		return nil, 0, false
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	const most = 1_000 // parts: pictures and style sheets, the page among the first
	for range most {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, 0, false
		}
		if kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind != "text/html" {
			continue
		}
		page, err := io.ReadAll(transferred(part))
		if len(page) == 0 && err != nil {
			return nil, 0, false
		}
		before, _, _ := bytes.Cut(data, []byte(part.Header.Get("Content-Type")))
		return page, bytes.Count(before, []byte{'\n'}) + 1, true
	}
	return nil, 0, false
}

// transferred undoes what the transport of a part did to it.
func transferred(part *multipart.Part) io.Reader {
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(part)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, part)
	}
	return part
}
