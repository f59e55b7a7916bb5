/**
 * Each script hands the words up to the cursor to `interlinks __complete` and offers what it prints. In bash, words
 * come as they were typed, with quotes and backslashes, and go back that way.
 */
const bash = `# interlinks(1) completion for bash
_interlinks() {
    local current=\${COMP_WORDS[COMP_CWORD]} word
    local -a words=() found=()
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        words+=("\${word//[\\\\\\"\\']/}")
    done
    mapfile -t found < <("\${1/#~\\//$HOME/}" __complete -- "\${words[@]}" 2>/dev/null)
    COMPREPLY=()
    if [[ \${found[0]} == files ]]; then
        compopt -o default
        return
    fi
    for word in "\${found[@]:1}"; do
        word=\${word%%$'\\t'*}
        [[ $current == [\\"\\']* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
    done
}
complete -F _interlinks interlinks
`;

const zsh = `#compdef interlinks
# interlinks(1) completion for zsh
_interlinks() {
    local line
    local -a found values descriptions
    found=("\${(@f)$(\${(Q)words[1]} __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ $found[1] == files ]]; then
        _files
        return
    fi
    for line in "\${(@)found[2,-1]}"; do
        values+=("\${line%%$'\\t'*}")
        descriptions+=("\${\${line%$'\\t'}//$'\\t'/  -- }")
    done
    (( $#values )) && compadd -l -d descriptions -a values
}
if [[ $funcstack[1] == _interlinks ]]; then
    _interlinks "$@"
else
    compdef _interlinks interlinks
fi
`;

const fish = `# interlinks(1) completion for fish
function __interlinks_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l found ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$found[1]" = files
        __fish_complete_path "$current"
    else
        printf '%s\\n' $found[2..-1]
    end
end
complete --command interlinks --no-files --arguments '(__interlinks_complete)'
`;

export const completionScripts = { bash, zsh, fish } as const;
