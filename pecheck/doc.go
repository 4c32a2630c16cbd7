// Package pecheck reads what is there, and gives the verdict.
//
// ReadImage finds the machine type and the binary file version of one
// executable. Scan takes the Inventory of a root. Verify and Detect are pure:
// an inventory and tables in, verdicts out.
package pecheck
