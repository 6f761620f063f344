"""Lines of a gzip file, with errors that name the file and the line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from .errors import InputError


def open_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yields (line number from 1, line without its end). A missing, truncated or non-UTF-8 file raises InputError."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, start=1):
                yield number, line.rstrip("\r\n")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except EOFError:
        raise InputError(f"{path}: truncated gzip after line {number}") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: not a readable gzip file after line {number} ({error})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: line {number + 1} is not UTF-8") from None
