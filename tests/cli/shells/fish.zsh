# Prints what fish would complete a line to.
# usage: zsh fish.zsh COMPLETIONS-FOLDER FOLDER LINE   (FOLDER is scratch, and where the shell works)
cd $2
HOME=$2 fish --no-config -c 'source $argv[1]/stm32boot.fish; complete -C $argv[2]' -- "$1" "$3"
