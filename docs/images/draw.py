"""Turn the coloured output of a terminal, from stdin, into an SVG on stdout."""

import io
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# Black, red, green, yellow, blue, magenta, cyan, white: dark enough for the
# page and light enough for the window.
COLOURS = [(32, 32, 40), (240, 98, 98), (110, 200, 120), (220, 190, 100),
           (110, 160, 245), (200, 140, 230), (95, 200, 210), (225, 225, 230)]
THEME = TerminalTheme((32, 32, 40), (225, 225, 230), COLOURS, COLOURS)

output = sys.stdin.read().rstrip("\n")
console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
console.print(Text.from_ansi(output), soft_wrap=True)
print(console.export_svg(title=sys.argv[1], theme=THEME))
