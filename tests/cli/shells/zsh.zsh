# Types a line into an interactive zsh, asks for completions, and prints what they are.
# usage: zsh zsh.zsh COMPLETIONS-FOLDER FOLDER LINE   (FOLDER is scratch, and where the shell works)
zmodload zsh/zpty
cat >$2/.zshrc <<RC
fpath=(${(q)1} \$fpath)
autoload -Uz compinit && compinit -u -D
cd ${(q)2}
compadd() {
  local -a found
  if [[ \${@[(I)-[OAD]*]} == 0 ]]; then
    builtin compadd -O found "\$@"
    print -rl -- \$found >>.found
  fi
  builtin compadd "\$@"
}
finish() { zle complete-word; exit }
zle -N finish
bindkey '^T' finish
RC
: >$2/.found
zpty shell "stty -echo; TERM=dumb ZDOTDIR=${(q)2} zsh -i"
zpty -w -n shell "$3"$'\C-t'
while zpty -r shell ignored; do :; done
cat $2/.found
