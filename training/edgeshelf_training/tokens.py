"""Words of a text: the same rule as the edge's search ("nfkc-lower-words-cjk-bigrams")."""

from __future__ import annotations

import unicodedata

TOKENIZER = "nfkc-lower-words-cjk-bigrams"


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def _is_cjk(char: str) -> bool:
    name = unicodedata.name(char, "")
    return name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"))


def tokens(text: str) -> list[str]:
    """NFKC, lower case, runs of letters and digits; a run of Han or kana becomes overlapping bigrams.

    >>> tokens("O.P.I Nail-Lacquer 15ml")
    ['o', 'p', 'i', 'nail', 'lacquer', '15ml']
    >>> tokens("口红套装 A")
    ['口红', '红套', '套装', 'a']
    >>> tokens("茶")
    ['茶']
    """
    found: list[str] = []
    run, run_is_cjk = "", False

    def close() -> None:
        if run and run_is_cjk and len(run) > 1:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        elif run:
            found.append(run)

    for char in unicodedata.normalize("NFKC", text).lower():
        word, cjk = _is_word(char), _is_cjk(char)
        if run and (not word or cjk != run_is_cjk):
            close()
            run = ""
        if word:
            run, run_is_cjk = run + char, cjk
    close()
    return found
