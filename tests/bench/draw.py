#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws where the time of a flash goes: tests/bench/run.sh hands it the figures.

usage: draw.py FIGURES.json FOLDER   writes FOLDER/speed-light.svg and FOLDER/speed-dark.svg
FIGURES: {"bars": [{"name": "...", "note": "...", "parts": {"erase": SECONDS, ...}}, ...]}
"""

import json
import pathlib
import sys

PARTS = ["enter", "erase", "program", "wire", "requests", "waits", "run"]
WORDS = {
    "enter": "into DFU mode",
    "erase": "erasing",
    "program": "programming",
    "wire": "data on the wire",
    "requests": "other requests",
    "waits": "waiting",
    "run": "application starts",
}
# Text, faint text, background, and a colour for each part.
THEMES = {
    "light": ("#1f2328", "#59636e", "#ffffff",
              ["#8250df", "#0969da", "#54aeff", "#1a7f37", "#9a6700", "#cf222e", "#bf3989"]),
    "dark": ("#e6edf3", "#8d96a0", "#0d1117",
             ["#a371f7", "#388bfd", "#79c0ff", "#3fb950", "#d29922", "#f85149", "#f778ba"]),
}
WIDTH, LEFT, RIGHT, BAR, ROW, TOP = 840, 170, 70, 26, 58, 22


def total(bar):
    return sum(bar["parts"].values())


def draw(bars, theme):
    text, faint, background, colours = THEMES[theme]
    scale = (WIDTH - LEFT - RIGHT) / max(total(bar) for bar in bars)
    height = TOP + ROW * len(bars) + 34
    seen = [part for part in PARTS if any(bar["parts"].get(part) for bar in bars)]
    label = "; ".join(f"{bar['name']} {total(bar):.1f} s" for bar in bars)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">',
        '  <style>text { font-family: -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; '
        f"font-size: 14px; fill: {text}; }} .faint {{ fill: {faint}; font-size: 12px; }}</style>",
        f'  <rect width="{WIDTH}" height="{height}" rx="8" fill="{background}"/>',
    ]
    for row, bar in enumerate(bars):
        y = TOP + ROW * row
        out.append(f'  <text x="20" y="{y + 15}">{bar["name"]}</text>')
        out.append(f'  <text x="20" y="{y + 32}" class="faint">{bar["note"]}</text>')
        x = LEFT
        for part in PARTS:
            length = bar["parts"].get(part, 0) * scale
            if length:
                colour = colours[PARTS.index(part)]
                out.append(f'  <rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>')
            x += length
        out.append(f'  <text x="{x + 8:.1f}" y="{y + 18}">{total(bar):.1f} s</text>')
    x, y = 20, TOP + ROW * len(bars) + 12
    for part in seen:
        out.append(f'  <rect x="{x}" y="{y - 10}" width="11" height="11" fill="{colours[PARTS.index(part)]}"/>')
        out.append(f'  <text x="{x + 16}" y="{y}" class="faint">{WORDS[part]}</text>')
        x += 30 + 7 * len(WORDS[part])
    return "\n".join(out + ["</svg>", ""])


def main():
    bars = json.loads(pathlib.Path(sys.argv[1]).read_text())["bars"]
    for theme in THEMES:
        pathlib.Path(sys.argv[2], f"speed-{theme}.svg").write_text(draw(bars, theme))


if __name__ == "__main__":
    main()
