"""How far the run is: a bar on a terminal, a line every ten seconds elsewhere, and a file for the wrapper."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

LINE_EVERY_S = 10.0
BAR_WIDTH = 28


class Progress:
    """Reports a fraction of the whole run from 0 to 1, and the stage it is in. It never goes back."""

    def __init__(self, file: Path | None = None, quiet: bool = False) -> None:
        self.file, self.quiet = file, quiet
        self.fraction, self.stage = 0.0, ""
        self.started, self.spoken = time.monotonic(), float("-inf")
        self.low, self.high = 0.0, 1.0

    def enter(self, stage: str, low: float, high: float) -> None:
        """Starts a stage that covers the run from `low` to `high`."""
        self.stage, self.low, self.high = stage, low, high
        self.spoken = float("-inf")
        self.tell(0.0)

    def tell(self, share: float, **facts: object) -> None:
        """`share` of the present stage is done; `facts` such as the epoch go along."""
        self.fraction = max(self.fraction, self.low + (self.high - self.low) * min(max(share, 0.0), 1.0))
        now = time.monotonic()
        if self.file is not None:
            record = {"progress": round(self.fraction, 4), "stage": self.stage, **facts}
            with self.file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(record) + "\n")
        if self.quiet:
            return
        seconds = int(now - self.started)
        note = " ".join(f"{name} {value}" for name, value in facts.items())
        text = f"{self.fraction:4.0%} {seconds // 60:02d}:{seconds % 60:02d} {self.stage} {note}".rstrip()
        if sys.stderr.isatty():
            bar = "#" * int(self.fraction * BAR_WIDTH)
            print(f"\r\x1b[K[{bar:<{BAR_WIDTH}}] {text}", end="", file=sys.stderr, flush=True)
        elif now - self.spoken >= LINE_EVERY_S:
            self.spoken = now
            print(text, file=sys.stderr, flush=True)

    def done(self) -> None:
        """Ends the bar's line."""
        self.enter("done", 1.0, 1.0)
        if not self.quiet and sys.stderr.isatty():
            print(file=sys.stderr)
