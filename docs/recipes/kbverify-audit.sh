#!/bin/sh
# One page of what the servers wrote last night: kbverify-audit.sh RESULTS PAGE
# RESULTS is the folder that they write to. Exit code 0: nothing is half there; 1: something
# is; 2: trouble, and that is also a server that was silent, since nobody looked at it.
set -u
results=${1:?which folder?} page=${2:?which page?}

kbverify report --all -f html -o "$page" "$results"
code=$?

silent=$(find "$results" -name '*.json' -mmin +1500 -exec basename {} .json \; | sort)
if [ -n "$silent" ]; then
	echo "not a word for 25 hours from:" $silent >&2
	code=2
fi
case $code in 0 | 1 | 2) exit "$code" ;; *) exit 2 ;; esac
