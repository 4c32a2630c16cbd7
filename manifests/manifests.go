// Package manifests is the embedded catalogue: one JSON file a hotfix, in
// folders by product, and an index of them all. "go generate ./manifest/catalog"
// writes the index anew after a manifest was added or changed.
package manifests

import "embed"

// FS holds the manifests as PRODUCT/ID.json, their index.json, and releases.json
// with what is known of the products' releases.
//
//go:embed index.json releases.json */*.json
var FS embed.FS
