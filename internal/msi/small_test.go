package msi

import (
	"bytes"
	"testing"

	"kbverify/internal/msitest"
)

func TestX(t *testing.T) {
	b := msitest.Small().Bytes()
	p, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files, findings, err := p.Files()
	for _, f := range files {
		t.Logf("%+v", f)
	}
	t.Log(findings, err, p.ProductCode(), p.Summary())
}
