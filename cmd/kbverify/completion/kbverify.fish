# Completions of kbverify for fish, 3.1 and later.

function __kbverify_complete
    set -l words (commandline -opc)
    set -l prefix (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..-1] ":$prefix" 2>/dev/null)

    # --catalog=DIR is one word; what stands before the path is put before each.
    set -l before (string match -r -- '^--[^=]*=' $prefix)
    set -l path (string replace -r -- '^--[^=]*=' '' $prefix)
    switch "$lines[1]"
        case files
            for file in (__fish_complete_path $path)
                printf '%s\n' "$before$file"
            end
        case folders
            for folder in (__fish_complete_directories $path)
                printf '%s\n' "$before$folder"
            end
    end
    printf '%s\n' $lines[2..-1]
end

complete -c kbverify -f -k -a '(__kbverify_complete)'
