// Package manifests is the embedded catalogue: one JSON file a hotfix, in
// folders by product.
package manifests

import "embed"

// FS holds the manifests as PRODUCT/ID.json.
//
//go:embed */*.json
var FS embed.FS
