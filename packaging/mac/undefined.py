#!/usr/bin/env python3
"""Names, one a line, what a Mac program uses and nothing that it is linked with has, but for C++'s own.

usage: undefined.py PROGRAM     (64 bits, linked with -undefined dynamic_lookup)
"""
import re
import struct
import sys

SYMBOL_TABLE = 2  # LC_SYMTAB in <mach-o/loader.h>
STABS, TYPE = 0xE0, 0x0E  # N_STAB and N_TYPE in <mach-o/nlist.h>; of the type, 0 is undefined
IN_NO_LIBRARY = (0, 0xFE)  # DYNAMIC_LOOKUP_ORDINAL in <mach-o/loader.h>; for which Zig writes 0

# What libc++ and libc++abi have, of which there is no list here.
OF_CXX = re.compile(
    r"__Z(T[ISTV])?(N[KVR]*)?S[abdiost]"  # of namespace std
    r"|__ZT[ISV](P?K?[a-z]|N10__cxxabiv1)"  # type information of what is built in
    r"|__Z(n|d)[wla]"  # operators new and delete
    r"|___cxa_|___dynamic_cast|___gxx_personality_v0|__Unwind_")


def symbols(program):
    (commands,) = struct.unpack_from("<I", program, 16)
    at = 32
    for _ in range(commands):
        kind, size = struct.unpack_from("<II", program, at)
        if kind == SYMBOL_TABLE:
            table, count, strings, _ = struct.unpack_from("<4I", program, at + 8)
            for i in range(count):
                name, flags, _, description, _ = struct.unpack_from("<IBBHQ", program, table + 16 * i)
                begin = strings + name
                yield program[begin:program.index(b"\0", begin)].decode(), flags, description >> 8
        at += size


def main():
    with open(sys.argv[1], "rb") as file:
        program = file.read()
    for name, flags, library in symbols(program):
        if not flags & (STABS | TYPE) and library in IN_NO_LIBRARY and not OF_CXX.match(name):
            print(name)


main()
