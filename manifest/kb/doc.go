// Package kb reads a Knowledge Base article, as the administrator has it, into
// a manifest: saved HTML, Markdown, plain text, a paste, or Microsoft's CSV.
//
// An article passes through four steps. Decoding and a reader for its format
// turn it into lines, each with its source line number and, where the format
// delimits them, its cells. Tables are found by their header or by their rows.
// Each row is read by what its cells are - a name, a version, a size, a date, a
// time, a platform - in the order that the header or the rows establish; columns
// are never cut by position. Rows that run together are split by what makes the
// whole table agree. Last, the cells become values, and everything that can be
// read in two ways or does not fit is a Finding: never silently wrong.
package kb
