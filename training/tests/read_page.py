"""Reads a report's page as a browser would, and compares its cells with numbers."""

from html.parser import HTMLParser

from edgeshelf_training.report import Report
from edgeshelf_training.report_html import render_html


class Page(HTMLParser):
    """What a browser would find: elements in order, tables as texts, each SVG's title and description."""

    VOID = ("meta", "br", "wbr", "img", "link", "input")

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.tables: list[dict] = []
        self.drawings: list[dict] = []
        self.words: list[str] = []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append({"caption": "", "head": [], "rows": []})
        elif tag == "tr":
            self.tables[-1]["head" if "thead" in self.open else "rows"].append([])
        elif tag in ("th", "td"):
            self.tables[-1]["head" if "thead" in self.open else "rows"][-1].append("")
        elif tag == "svg":
            self.drawings.append({"title": "", "desc": "", "texts": [], "places": []})
        elif tag == "text":
            self.drawings[-1]["texts"].append("")
            self.drawings[-1]["places"].append(dict(attributes))

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
        if "caption" in self.open:
            self.tables[-1]["caption"] += data
        elif "td" in self.open or "th" in self.open:
            self.tables[-1]["head" if "thead" in self.open else "rows"][-1][-1] += data
        elif self.open[-2:-1] == ["svg"] and self.open[-1] in ("title", "desc"):
            self.drawings[-1][self.open[-1]] += data
        elif self.open[-1:] == ["text"]:
            self.drawings[-1]["texts"][-1] += data

    def table(self, caption: str) -> list[list[str]]:
        """Rows of the one table whose caption starts so."""
        (found,) = [table["rows"] for table in self.tables if table["caption"].startswith(caption)]
        return found

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def sections(self) -> list[str]:
        return [attributes["id"] for tag, attributes in self.elements if tag == "section"]


def page_of(report: Report) -> Page:
    return Page(render_html(report.to_json()))


def number(cell: str) -> float:
    """A number as printed: thousands, signs and percents as a reader takes them."""
    told = cell.replace(",", "").replace("\u2212", "-")
    return float(told.removesuffix("%")) / 100 if told.endswith("%") else float(told)


def assert_tells(cells: list[str], values: list[float | None]) -> None:
    """Each cell is its value to half a unit of the last decimal printed; None is a dash."""
    assert len(cells) == len(values)
    for cell, value in zip(cells, values, strict=True):
        if value is None:
            assert cell == "–"
            continue
        decimals = len(cell.removesuffix("%").partition(".")[2]) + (2 if cell.endswith("%") else 0)
        assert abs(number(cell) - value) <= 0.5 * 10**-decimals + 1e-12, (cell, value)
