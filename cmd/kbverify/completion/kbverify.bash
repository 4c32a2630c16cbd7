# Completions of kbverify for bash, 3.2 and later.

_kbverify() {
	local word line kind='' words=() prefix=${COMP_WORDS[COMP_CWORD]}
	# bash takes the = of --format=json for a word of its own.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word == = ]] || words+=("${word/#\~\//$HOME/}")
	done
	[[ $prefix != = ]] || prefix=

	COMPREPLY=()
	while IFS= read -r line; do
		if [[ -z $kind ]]; then
			kind=$line
		else
			printf -v line %q "${line%%$'\t'*}"
			COMPREPLY+=("$line")
		fi
	done < <(command "${COMP_WORDS[0]/#\~\//$HOME/}" __complete ${words[@]+"${words[@]}"} ":$prefix" 2>/dev/null)

	# Where there are no words, readline offers files by itself; bash 3.2 does so always.
	type compopt &>/dev/null || return 0
	case $kind in
	words) compopt +o default ;;
	folders) compopt +o default -o dirnames ;;
	files)
		if [[ ${#COMPREPLY[@]} -gt 0 ]]; then
			compopt -o filenames
			while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$prefix")
		fi
		;;
	esac
}

complete -o default -F _kbverify kbverify kbverify.exe
