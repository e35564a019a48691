#!/usr/bin/env python3
# Two serial ports of wine's that are each other's other end: pseudo terminals, with this program between them.
# usage: null_modem.py WINEPREFIX FIRST SECOND     such as: null_modem.py ~/.wine COM33 COM34
import os
import pty
import selectors
import sys
import tty

prefix, *names = sys.argv[1:]
selector = selectors.DefaultSelector()
ends = []
for name in names:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    link = os.path.join(prefix, "dosdevices", name.lower())
    if os.path.lexists(link):
        os.remove(link)
    os.symlink(os.ttyname(theirs), link)
    ends.append(ours)
for end, other in zip(ends, reversed(ends)):
    selector.register(end, selectors.EVENT_READ, other)
print("ready", flush=True)
while True:
    for key, _ in selector.select():
        os.write(key.data, os.read(key.fd, 4096))
