package result

import (
	"bytes"
	"encoding/json"
)

// In JSON every reason stands twice: in words, where people look for them, and as
// data in a list "reasons" behind, which programs read and which is read back.

// details is reasons as data, with their words.
type details []Reason

// detail is one of them.
type detail struct {
	*values
	Words string `json:"text"`
}

// values are a reason's fields, without its methods.
type values Reason

func (d details) MarshalJSON() ([]byte, error) {
	list := make([]detail, len(d))
	for i := range d {
		list[i] = detail{(*values)(&d[i]), d[i].String()}
	}
	return marshal(list)
}

func (d *details) UnmarshalJSON(data []byte) error {
	var list []values
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*d = make(details, len(list))
	for i := range list {
		(*d)[i] = Reason(list[i])
	}
	return nil
}

// marshal leaves < and > as they are, as every format does.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

type plainTable TableResult

// tableJSON is a table with its reasons, and what to do next, as data.
type tableJSON struct {
	plainTable
	Reasons details `json:"reasons,omitempty"`
	Steps   details `json:"next_steps,omitempty"`
	Others  details `json:"remark_reasons,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (t TableResult) MarshalJSON() ([]byte, error) {
	return marshal(tableJSON{plainTable(t), details(t.Reason), t.Next, t.Remarks})
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *TableResult) UnmarshalJSON(data []byte) error {
	var v tableJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*t = TableResult(v.plainTable)
	if len(v.Reasons) > 0 {
		t.Reason = Why(v.Reasons)
	}
	if len(v.Steps) > 0 {
		t.Next = v.Steps
	}
	if len(v.Others) > 0 {
		t.Remarks = v.Others
	}
	return nil
}

type plainRow RowResult

type rowJSON struct {
	plainRow
	Reasons details `json:"reasons,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (r RowResult) MarshalJSON() ([]byte, error) {
	return marshal(rowJSON{plainRow(r), details(r.Reason)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *RowResult) UnmarshalJSON(data []byte) error {
	var v rowJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*r = RowResult(v.plainRow)
	if len(v.Reasons) > 0 {
		r.Reason = Why(v.Reasons)
	}
	return nil
}

type plainCopy CopyResult

type copyJSON struct {
	plainCopy
	Reasons details `json:"reasons,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (c CopyResult) MarshalJSON() ([]byte, error) {
	return marshal(copyJSON{plainCopy(c), c.Notes})
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *CopyResult) UnmarshalJSON(data []byte) error {
	var v copyJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*c = CopyResult(v.plainCopy)
	if len(v.Reasons) > 0 {
		c.Notes = v.Reasons
	}
	return nil
}
