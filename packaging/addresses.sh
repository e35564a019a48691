#!/bin/sh
# Writes the project's addresses (packaging/addresses) into the files that have to repeat them; with `check` changes
# nothing and names the files that have others.
# usage: packaging/addresses.sh [check]
set -eu
cd "$(dirname "$0")/.."
address() { sed -n "s/^$1=//p" packaging/addresses; }
home=$(address home)
mail=$(address mail)
tap=$(address tap)
id=$(address id)
check=no
[ "${1:-}" != check ] || check=yes
new=$(mktemp)
trap 'rm -f "$new"' EXIT
wrong=

in_file() {  # FILE SED-COMMANDS
  sed -E "$2" "$1" >"$new"
  cmp -s "$new" "$1" && return 0
  if [ "$check" = yes ]; then
    wrong="$wrong $1"
  else
    cat "$new" >"$1"
    echo "$1"
  fi
}

in_file README.md "s|https://[^ )]*/releases\b|$home/releases|g; s|brew install [^ ]*/stm32boot|brew install $tap/stm32boot|"
in_file packaging/debian/control "s|^Homepage: .*|Homepage: $home|; s|^(Maintainer: .*)<.*>|\1<$mail>|"
in_file packaging/debian/copyright "s|^Source: .*|Source: $home|"
in_file packaging/debian/changelog "1,/^ -- /s|^( -- .*)<.*>|\1<$mail>|"
in_file packaging/debian/watch "s|^https://.*(/releases/ .*/\)\?stm32boot-)|$home\1|"
in_file packaging/homebrew/stm32boot.rb "s|^(  homepage \").*\"|\1$home\"|; s|^(  url \").*(/releases/stm32boot-)|\1$home\2|
  s|^(  head \").*(\.git\")|\1$home\2|"
in_file packaging/metainfo/stm32boot.metainfo.xml "s|<id>.*</id>|<id>$id</id>|; s|(<url type=\"homepage\">).*(</url>)|\1$home\2|"
in_file firmware/sysboot/library.properties "s|^(maintainer=.*)<.*>|\1<$mail>|; s|^url=.*|url=$home|"
in_file firmware/sysboot/library.json "s|(\"email\": \").*@[^\"]*|\1$mail|; s|(\"homepage\": \")[^\"]*|\1$home|"
in_file packaging/python/pyproject.toml "s|(email = \").*@[^\"]*|\1$mail|; s|^(Homepage = \").*\"|\1$home\"|"
[ -z "$wrong" ] || { echo "addresses.sh: other addresses than in packaging/addresses:$wrong" >&2; exit 65; }
