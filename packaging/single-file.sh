#!/bin/sh
# Makes sysboot_single.h and sysboot_single.c in DIR: firmware/sysboot in two files, without the direct jump.
# usage: packaging/single-file.sh DIR
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 64; }
mkdir -p "$1"
directory=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
version=$(sed -n 's/^project(stm32boot VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)

# The files, with each header of the library in the place where it is included. A header outside of any #if is there for
# all that follows, one inside for its own branch only. THERE names headers that are there already, with colons.
join() {  # THERE FILE...
  names=$1
  shift
  awk -v names="$names" '
    function take(path,   line, name) {
      while ((getline line <path) > 0) {
        if (line ~ /^#pragma once|SPDX-License-Identifier/) continue
        if (line ~ /^#if/) ++depth
        if (line ~ /^#endif/) --depth
        if (line !~ /^#include "/) { print line; continue }
        name = substr(line, 11, length(line) - 11)
        if (name in there) continue
        if (depth == 0) there[name]
        take("firmware/sysboot/" name)
      }
      close(path)
    }
    BEGIN {
      count = split(names, list, ":")
      for (n = 1; n <= count; ++n) there[list[n]]
      for (n = 1; n < ARGC; ++n) take(ARGV[n])
    }' "$@"
}

begin() {
  echo '// SPDX-License-Identifier: 0BSD'
  echo '// Copyright (C) 2026 the stm32boot authors'
  echo "// firmware/sysboot of stm32boot $version in two files, made by packaging/single-file.sh."
}

{
  begin
  echo '#pragma once'
  join '' firmware/sysboot/sysboot_triggers.h
} >"$directory/sysboot_single.h"
{
  begin
  echo '#include "sysboot_single.h"'
  join sysboot.h:sysboot_triggers.h firmware/sysboot/sysboot.c firmware/sysboot/sysboot_triggers.c
} >"$directory/sysboot_single.c"
