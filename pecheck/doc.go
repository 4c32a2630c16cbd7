// Package pecheck is the rules: what an inventory proves about a hotfix.
//
// Everything here is pure. Verify judges an inventory by the tables that are
// asked for, Detect by every known hotfix; Identify says which rows a file
// matches, and Record makes a manifest of an inventory. A judgement goes one
// way: each table is judged once into a finished result (judge.table), one of
// the results is chosen (choose), and in a detection one hotfix is explained by
// another (detection).
//
// The rules have the numbers of docs/rules.md, and their code stands in this order:
//
//	rule                              file                 begin at
//	 1 the version is the binary one  rule01_compare.go    compareVersion; Releases.Complete of package manifest
//	 2 sizes are as exact as printed  rule01_compare.go    compareSize
//	 3 every copy is judged           rule03_copies.go     judge.row; replacedFolder in rule13_source.go
//	 4 one name, several platforms    rule04_places.go     judged.place
//	 5 one name, several revisions    rule05_revisions.go  byRevision; expected.compare within a table
//	 6 the platforms that count       rule06_platforms.go  Scope.apply
//	 7 which table                    rule07_tables.go     judge.choose, byLaterTable
//	 8 names without regard to case   package manifest     NameKey, MatchPattern
//	 9 localised names                rule01_compare.go    compareSize
//	10 dates are shown, never judged  rule03_copies.go     claim.result; laterDate orders revisions
//	11 not looked at is not passed    verify.go            answer.lookedAt; RootResult.Unseen of package result
//	12 exactly                       rule12_exactly.go    compareExactly, judged.extras
//	13 the hotfix's own source        rule13_source.go     judged.unpacked, findPackages
//	14 between hotfixes               rule14_between.go    detection.explain
//	15 only what is present           rule03_copies.go     judge.row, where Scope.OnlyPresent
//	   the state of a table           state.go             stateOf
//	   what to do next                next.go              nextSteps
package pecheck
