# Completion of stm32boot in bash. The program itself knows what fits; see apps/stm32boot/complete.hpp.
# shellcheck shell=bash

# Files that start with the first argument: with one of the extensions that follow, or any; and folders.
_stm32boot_files() {
    local start=$1 file extension
    shift
    compopt -o filenames
    while IFS= read -r file; do
        [[ $# == 0 || -d ${file/#\~/$HOME} ]] && COMPREPLY+=("$file")
        for extension; do
            [[ ${file,,} == *"$extension" && ! -d ${file/#\~/$HOME} ]] && COMPREPLY+=("$file")
        done
    done < <(compgen -f -- "$start")
}

# Arguments as bash gives them: the command, and the word that is being completed. Bash ends words at = and :,
# too; the program gets words as they are split when the command runs.
_stm32boot() {
    local line=${COMP_LINE:0:COMP_POINT} text=$2 words before extensions
    [[ $text == [=:] ]] && text=
    # shellcheck disable=SC2162  # a backslash keeps a space within its word
    read -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    before=${words[-1]%"$text"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files* ]]; then
            read -ra extensions <<<"${line#:files}"
            _stm32boot_files "$text" "${extensions[@]}"
        else
            line=${line%%$'\t'*}
            printf -v line %q "${line#"$before"}"
            COMPREPLY+=("$line")
        fi
    done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
}

complete -F _stm32boot stm32boot
