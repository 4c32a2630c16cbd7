package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"kbverify/manifest"
	"kbverify/manifests"
	"kbverify/pecheck/authenticode"
	"kbverify/pecheck/inventory"
	"kbverify/pecheck/pefile"
	"kbverify/pecheck/report"
	"kbverify/pecheck/result"
)

// The schemas in docs are held against what the program writes and reads by a
// validator that knows nothing of it.
const (
	manifestSchema  = "manifest"
	inventorySchema = "inventory"
	resultSchema    = "result"
	lineSchema      = "result#/$defs/line"
)

// schemas gives the compiled schemas by their names.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	for _, name := range []string{manifestSchema, inventorySchema, resultSchema, lineSchema} {
		file, pointer, _ := strings.Cut(name, "#")
		data, err := os.ReadFile(schemaFile(file))
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if err = compiler.AddResource(file, doc); pointer != "" || err == nil {
			compiled[name], err = compiler.Compile(strings.TrimSuffix(file+"#"+pointer, "#"))
		}
		if err != nil {
			return nil, err
		}
	}
	return compiled, nil
})

// schemaFolder is the variable that says where the schemas are, to the commands of
// scripts, which run elsewhere.
const schemaFolder = "KBVERIFY_SCHEMAS"

// docs is the folder of the schemas, wherever a test has gone since.
var docs = func() string {
	if folder := os.Getenv(schemaFolder); folder != "" {
		return folder
	}
	abs, err := filepath.Abs(filepath.Join(project, "docs"))
	if err != nil {
		panic(err)
	}
	return abs
}()

func schemaFile(name string) string { return filepath.Join(docs, name+".schema.json") }

// fits says what of a JSON text does not fit a schema.
func fits(name string, text []byte) error {
	all, err := schemas()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return all[name].Validate(doc)
}

// schemaOf says of which kind a JSON text is; "" is another one.
func schemaOf(text []byte) string {
	var doc struct {
		Kind   string          `json:"kind"`
		Roots  json.RawMessage `json:"roots"`
		Root   json.RawMessage `json:"root"`
		Tables json.RawMessage `json:"tables"`
		ID     string          `json:"id"`
	}
	if json.Unmarshal(text, &doc) != nil {
		return ""
	}
	switch {
	case doc.Kind == "kbverify-inventory":
		return inventorySchema
	case doc.Kind == report.ChangesDocument:
		return ""
	case doc.Roots != nil:
		return resultSchema
	case doc.Kind == result.Document, doc.Root != nil && doc.Tables != nil:
		return lineSchema
	case doc.ID != "" && doc.Tables != nil:
		return manifestSchema
	}
	return ""
}

// unfit says what in an output, JSON or JSON lines, does not fit its schema, and
// how many documents there are that have one.
func unfit(output []byte) (documents int, err error) {
	texts := [][]byte{output}
	if !json.Valid(output) {
		texts = bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	}
	for _, text := range texts {
		name := schemaOf(text)
		if name == "" {
			continue
		}
		documents++
		if err := fits(name, text); err != nil {
			return documents, fmt.Errorf("docs/%s.schema.json: %w", name, err)
		}
	}
	return documents, nil
}

// misfit is the exit code of a script's command whose output does not fit its schema:
// a code that kbverify does not have.
const misfit = 98

// fitting runs a command that may write JSON, and looks at what it has written, where a
// script says where the schemas are.
func fitting(args []string, command func(stdout io.Writer) int) int {
	json := os.Getenv(schemaFolder) != "" && slices.ContainsFunc(args, func(arg string) bool {
		return arg == "scan" || arg == "import" || strings.HasSuffix(arg, "json") || strings.HasSuffix(arg, "jsonl")
	})
	if !json {
		return command(os.Stdout)
	}
	var stdout bytes.Buffer
	code := command(io.MultiWriter(os.Stdout, &stdout))
	outputs := [][]byte{stdout.Bytes()}
	if at := slices.Index(args, "-o"); at >= 0 && at+1 < len(args) {
		if info, err := os.Stat(args[at+1]); err == nil && info.Mode().IsRegular() {
			text, err := os.ReadFile(args[at+1])
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return misfit
			}
			outputs = append(outputs, text)
		}
	}
	for _, output := range outputs {
		if _, err := unfit(output); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return misfit
		}
	}
	return code
}

func TestDocumentsFitTheirSchemas(t *testing.T) {
	seen := map[string]int{}
	check := func(path string, text []byte) {
		t.Helper()
		n, err := unfit(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		seen[filepath.Ext(path)] += n
	}
	err := fs.WalkDir(manifests.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.Contains(path, "/") {
			return err
		}
		text, err := fs.ReadFile(manifests.FS, path)
		check(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{
		"pecheck/report/testdata/*.json*", "pecheck/inventory/testdata/*.json", "manifest/testdata/*.json",
	} {
		files, err := filepath.Glob(filepath.Join(project, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			check(file, text)
		}
	}
	if seen[".json"] < 222 || seen[".jsonl"] < 2 {
		t.Errorf("documents of each ending: %v", seen)
	}
	for path, text := range documents(t) {
		for _, block := range examples.FindAllStringSubmatch(text, -1) {
			if n, err := unfit([]byte(block[2])); n != 1 || err != nil {
				t.Errorf("%s: %s: %d documents, %v", path, block[1], n, err)
			}
		}
		for _, shown := range regexp.MustCompile(`(?ms)^\{\n.*?^\}$`).FindAllString(text, -1) {
			check(path, []byte(shown))
		}
	}
	if seen[".md"] < 2 {
		t.Errorf("%d documents in the transcripts", seen[".md"])
	}
}

// fullManifest and fullInventory have every field.
func fullManifest(t *testing.T) []byte {
	version, err := manifest.ParsePrinted("1.2.3.4")
	if err != nil {
		t.Fatal(err)
	}
	f := manifest.File{Name: "a.dll", Path: "bin/a.dll", Pattern: "a*.dll", Version: version,
		Size: manifest.ExactSize(5), MD5: strings.Repeat("0a", 16), SHA256: strings.Repeat("0b", 32),
		Modified: "2010-01-02T03:04", Platform: "x86", Note: "a note",
		AsPrinted: manifest.AsPrinted{Name: "A", Version: "1", Size: "5 b", Modified: "2 Jan", Platform: "i386"}}
	reference := manifest.Table{Name: "old", Reference: "of an earlier version", Files: []manifest.File{f}}
	table := manifest.Table{Name: "SP1", AppliesTo: "Product SP1", Language: "en", Component: true,
		Match: manifest.Exactly, Complete: true, LeftOut: 1, Excluded: []string{"logs"}, Files: []manifest.File{f}}
	m := &manifest.Manifest{ID: "KB900001", Title: "A title", Product: "A product",
		Source: manifest.Source{URL: "https://example.org/", Languages: []string{"en"}},
		Relations: []manifest.Relation{
			{Kind: manifest.Requires, ID: "KB900002", Scope: "a part", Files: []string{"a.dll"}},
			{Kind: manifest.SeeAlso, Product: "Another"},
		},
		Notes: []string{"a note"}, Tables: []manifest.Table{table, reference}}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	return m.Encode()
}

func fullInventory(t *testing.T) []byte {
	at := time.Date(2010, 2, 3, 4, 5, 6, 0, time.UTC)
	signed := authenticode.Signature{Status: authenticode.ValidDigest, Detail: "a detail", Algorithm: "SHA-1",
		Signer: "A signer", Time: at, Stamped: true, Trust: authenticode.NotTrusted, Distrust: "expired"}
	damaged := authenticode.Signature{Status: authenticode.NotChecked, Cause: authenticode.Damaged, Detail: "cut off"}
	inv := &inventory.Inventory{Tool: "kbverify 1.2.3", Host: "SITE1", Start: at, End: at, Root: "D:\\SMS", All: true,
		Signatures: true,
		Names:      []string{"a.dll"}, Excluded: []string{"logs"}, Seen: 4,
		Files: []inventory.File{
			{Path: "a.dll", Size: 5, Modified: at, MD5: strings.Repeat("0a", 16), SHA256: strings.Repeat("0b", 32),
				Signature: &signed,
				Image: pefile.Image{Format: pefile.PE, Machine: 0x14c, AnyCPU: true, Ending: pefile.Versioned,
					Version: manifest.Version{1, 2, 3, 4}, StringVersion: "1.2", Detail: "a detail"}},
			{Path: "b.dll", Size: 0, Signature: &damaged,
				Image: pefile.Image{Format: pefile.PE, Machine: 0x8664, Ending: pefile.Damaged, Detail: "cut off"}},
			{Path: "c.msp", Size: 0, NoSignature: true},
		},
		Folders: []inventory.Folder{{Path: "bin/i386", Platform: manifest.X86}, {Path: ".", Platform: manifest.X64}},
		Faults:  []inventory.Fault{{Path: "bin", Error: "access is denied"}},
		Links:   []inventory.Link{{Path: "old", Target: "E:\\SMS"}, {Path: "new", Inside: true}}}
	var b bytes.Buffer
	if err := inv.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reads are the strict readers of the two formats that come from outside.
var reads = map[string]func(text []byte) error{
	manifestSchema: func(text []byte) error {
		_, err := manifest.Parse("x.json", text)
		return err
	},
	inventorySchema: func(text []byte) error {
		_, err := inventory.Read(bytes.NewReader(text), "x.json", inventory.Keep{})
		return err
	},
}

// tree is a JSON text whose objects keep the order of their keys, which counts in an
// inventory.
type tree struct {
	keys  []string // of an object, beside items
	list  bool
	leaf  string // as JSON, where it has no items
	items []*tree
}

func parseTree(d *json.Decoder) *tree {
	token, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch token {
	case json.Delim('{'):
		node := &tree{keys: []string{}}
		for d.More() {
			key, _ := d.Token()
			node.keys, node.items = append(node.keys, key.(string)), append(node.items, parseTree(d))
		}
		_, _ = d.Token()
		return node
	case json.Delim('['):
		node := &tree{list: true}
		for d.More() {
			node.items = append(node.items, parseTree(d))
		}
		_, _ = d.Token()
		return node
	}
	leaf, _ := json.Marshal(token)
	return &tree{leaf: string(leaf)}
}

func (n *tree) String() string {
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		if parts[i] = item.String(); n.keys != nil {
			parts[i] = strconv.Quote(n.keys[i]) + ":" + parts[i]
		}
	}
	switch {
	case n.keys != nil:
		return "{" + strings.Join(parts, ",") + "}"
	case n.list:
		return "[" + strings.Join(parts, ",") + "]"
	}
	return n.leaf
}

// variants hands every text that differs from the tree in one place: a value is of
// another type or shape, a key is gone, or one is too many.
func (n *tree) variants(whole *tree, place string, each func(what, text string)) {
	was := *n
	for _, leaf := range []string{
		"null", "true", "false", "-1", "1.5", "7", `""`, `"\u0007x"`, `"x"`, "[]", "{}", `[["x"]]`, `{"x":1}`,
	} {
		if *n = (tree{leaf: leaf}); leaf != was.String() {
			each(place+" = "+leaf, whole.String())
		}
	}
	*n = was
	for i := range was.items {
		key := "[" + strconv.Itoa(i) + "]"
		if was.keys != nil {
			key = "." + was.keys[i]
			n.keys, n.items = slices.Delete(slices.Clone(was.keys), i, i+1), slices.Delete(slices.Clone(was.items), i, i+1)
			each("without "+place+key, whole.String())
			*n = was
		}
		n.items[i].variants(whole, place+key, each)
	}
	if was.keys != nil {
		n.keys, n.items = append(slices.Clone(was.keys), "unknown"), append(slices.Clone(was.items), &tree{leaf: "1"})
		each(place+".unknown", whole.String())
		*n = was
	}
}

// What the strict readers refuse for its shape the schemas refuse too, and they
// refuse nothing that the readers take.
func TestSchemasAgreeWithReaders(t *testing.T) {
	// What a schema cannot say, or need not: the readers know more than the shape.
	beyond := map[string][]string{
		manifestSchema: {
			`.languages[0] = "x"`, `.language = "x"`, // no such language
			`.files[0] = "x"`,                              // of a relation: no such row
			`.name = "x"`, `.path = "x"`, `.pattern = "x"`, // the three have to agree
		},
		inventorySchema: {
			`.path = "x"`, `.machine = null`, // in order, each once
			`[0].platform = "x"`,
			`.seen = 7`,
		},
	}
	for name, text := range map[string][]byte{manifestSchema: fullManifest(t), inventorySchema: fullInventory(t)} {
		if err := reads[name](text); err != nil {
			t.Fatal(err)
		}
		if err := fits(name, text); err != nil {
			t.Fatal(err)
		}
		for _, key := range propertiesOf(t, name) {
			if !bytes.Contains(text, []byte(strconv.Quote(key)+":")) {
				t.Errorf("%s: the key %q of the schema is in no document", name, key)
			}
		}
		whole := parseTree(json.NewDecoder(bytes.NewReader(text)))
		refused, passed := 0, 0
		whole.variants(whole, "", func(what, text string) {
			reader, schema := reads[name]([]byte(text)), fits(name, []byte(text))
			switch {
			case reader == nil && schema != nil:
				t.Errorf("%s: %s: is read, and does not fit: %v", name, what, schema)
			case reader == nil:
			case schema != nil:
				refused++
			case !slices.ContainsFunc(beyond[name], func(end string) bool { return strings.HasSuffix(what, end) }):
				t.Errorf("%s: %s: fits, and is refused: %v", name, what, reader)
			default:
				passed++
			}
		})
		if t.Logf("%s: %d refused by both, %d by the reader alone", name, refused, passed); refused < 500 {
			t.Errorf("%s: %d variants refused", name, refused)
		}
	}
}

// propertiesOf lists every key that a schema knows, of whichever object.
func propertiesOf(t *testing.T, name string) (keys []string) {
	t.Helper()
	data, err := os.ReadFile(schemaFile(name))
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	var walk func(node any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, v := range node {
				walk(v)
			}
		case map[string]any:
			if properties, ok := node["properties"].(map[string]any); ok {
				keys = slices.AppendSeq(keys, maps.Keys(properties))
			}
			for _, v := range node {
				walk(v)
			}
		}
	}
	walk(schema)
	return keys
}

// schemaObject finds the schema of an object by where it stands: "$defs/row".
func schemaObject(t *testing.T, name, place string) (properties map[string]any) {
	t.Helper()
	data, err := os.ReadFile(schemaFile(name))
	if err != nil {
		t.Fatal(err)
	}
	var at map[string]any
	if err := json.Unmarshal(data, &at); err != nil {
		t.Fatal(err)
	}
	for _, step := range strings.FieldsFunc(place, func(r rune) bool { return r == '/' }) {
		at, _ = at[step].(map[string]any)
	}
	if at["additionalProperties"] != false {
		t.Errorf("%s: %s is open for other keys", name, place)
	}
	properties, _ = at["properties"].(map[string]any)
	return properties
}

// A key that the program can write stands in the schema of a result, and no other.
func TestResultSchemaHasEveryKey(t *testing.T) {
	for place, c := range map[string]struct {
		of   any
		more []string
	}{
		"":                                       {result.Result{}, []string{"schema", "kind"}},
		"$defs/tool":                             {result.Tool{}, nil},
		"$defs/taken":                            {result.Taken{}, nil},
		"$defs/end":                              {result.Result{}, []string{"schema", "kind", "count", "-roots"}},
		"$defs/root":                             {result.RootResult{}, nil},
		"$defs/table":                            {result.TableResult{}, []string{"reasons", "next_steps", "remark_reasons"}},
		"$defs/row":                              {result.RowResult{}, []string{"reasons"}},
		"$defs/copy":                             {result.CopyResult{}, []string{"reasons"}},
		"$defs/signature":                        {result.Signature{}, nil},
		"$defs/reason":                           {result.Reason{}, []string{"text"}},
		"$defs/root/properties/faults/items":     {result.FaultResult{}, nil},
		"$defs/root/properties/links/items":      {result.LinkResult{}, nil},
		"$defs/table/properties/set_aside/items": {result.FolderCount{}, nil},
		"$defs/table/properties/signatures":      {result.SignatureCounts{}, nil},
		"$defs/row/properties/alternatives/items": {result.Alternative{}, nil},
	} {
		var keys []string
		for _, field := range reflect.VisibleFields(reflect.TypeOf(c.of)) {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys = append(keys, key)
		}
		for _, key := range c.more {
			if gone, ok := strings.CutPrefix(key, "-"); ok {
				keys = slices.DeleteFunc(keys, func(k string) bool { return k == gone })
			} else {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		if d := cmp.Diff(keys, slices.Sorted(maps.Keys(schemaObject(t, resultSchema, place)))); d != "" {
			t.Errorf("docs/result.schema.json, %q (-written +in the schema):\n%s", place, d)
		}
	}
}

// The words of a result that have a list in the program have the same in its schema.
func TestResultSchemaHasEveryWord(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(project, "pecheck/result/reason.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
				kind, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				kinds = append(kinds, kind)
			}
		}
		return true
	})
	data, err := os.ReadFile(schemaFile(resultSchema))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Verdict struct{ Enum []result.Verdict }
			Reason  struct {
				Properties struct{ Kind struct{ Enum []string } }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	slices.Sort(kinds)
	in := schema.Defs.Reason.Properties.Kind.Enum
	slices.Sort(in)
	if d := cmp.Diff(kinds, in); d != "" || len(kinds) < 80 {
		t.Errorf("kinds of reasons (-written +in the schema):\n%s", d)
	}
	verdicts := slices.Sorted(slices.Values(result.Verdicts))
	if d := cmp.Diff(verdicts, slices.Sorted(slices.Values(schema.Defs.Verdict.Enum))); d != "" {
		t.Errorf("verdicts (-written +in the schema):\n%s", d)
	}
}
