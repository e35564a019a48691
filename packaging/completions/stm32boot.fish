# Completion of stm32boot in fish. The program itself knows what fits; see apps/stm32boot/complete.hpp.

# Files whose names end with one of the extensions, all files without any; and folders.
function __stm32boot_files
    set -l prefix (string match -r -- '^--[^=]*=' $argv[1])
    set -l start (string replace -r -- '^--[^=]*=' '' $argv[1])
    for line in (complete -C "__stm32boot_no_such_command $start")
        set -l file (string split -f 1 -- \t $line)
        set -l fits (test (count $argv) = 1; and echo yes)
        string match -q -- '*/' $file; and set fits yes
        for extension in $argv[2..-1]
            string match -qi -- "*$extension" $file; and set fits yes
        end
        test -n "$fits"; and echo "$prefix$file"
    end
end

function __stm32boot_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        if string match -q -- ':files*' $line
            __stm32boot_files "$current" (string split -n ' ' -- $line)[2..-1]
        else
            echo $line
        end
    end
end

complete -c stm32boot -f -k -a '(__stm32boot_complete)'
