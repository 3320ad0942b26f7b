"""What a campaign shows while it runs."""
import shutil
import sys


class Screen:
    """A line that moves on a terminal; whole lines everywhere."""

    def __init__(self):
        self.terminal = sys.stdout.isatty()

    def say(self, text):
        print(("\r\033[K" if self.terminal else "") + text, flush=True)

    def live(self, text):
        if self.terminal:
            print("\r\033[K" + text[: shutil.get_terminal_size().columns - 1], end="", flush=True)
