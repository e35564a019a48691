# Types a line into an interactive bash, has readline insert all completions, and prints what the line is then.
# usage: zsh bash.zsh COMPLETIONS-FOLDER FOLDER LINE   (FOLDER is scratch, and where the shell works)
zmodload zsh/zpty
cat >$2/.bashrc <<RC
source ${(q)1}/stm32boot.bash
cd ${(q)2}
bind 'set enable-bracketed-paste off'
bind '"\C-t": insert-completions'
bind -x '"\C-g": printf "%s\n" "\$READLINE_LINE" >.line; exit'
RC
zpty shell "stty -echo; TERM=dumb bash --rcfile ${(q)2}/.bashrc -i"
zpty -w -n shell "$3"$'\C-t\C-g'
while zpty -r shell ignored; do :; done
cat $2/.line
