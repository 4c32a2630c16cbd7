#compdef kbverify
# Completions of kbverify for zsh.

_kbverify() {
	local line kind
	local -a lines offers
	lines=("${(@f)$(command ${(Q)words[1]/#\~\//$HOME/} __complete \
		"${(@)${(@Q)words[2,CURRENT-1]}/#\~\//$HOME/}" ":${(Q)PREFIX}" 2>/dev/null)}")
	kind=$lines[1]
	for line in "${(@)lines[2,-1]}"; do
		offers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
	done

	# The program chooses what fits: a number finds its KB, whatever the case.
	[[ -z $offers ]] || _describe -V kbverify offers -U
	case $kind in
	files) compset -P '--*='; _files ;;
	folders) compset -P '--*='; _files -/ ;;
	esac
}

# Read with source, it announces itself; found in fpath, it is called.
if [[ $funcstack[1] == _kbverify ]]; then
	_kbverify "$@"
else
	compdef _kbverify kbverify
fi
