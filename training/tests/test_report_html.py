from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from read_page import Page, page_of
from sample_report import (
    ARABIC,
    BARE,
    CHINESE,
    HEBREW,
    QUOTES,
    SCRIPT,
    comparison,
    minimal_report,
    rich_report,
)  # fmt: skip

from edgeshelf_training.chart_axes import WIDTH, width_of
from edgeshelf_training.report import (
    Curve,
    Decile,
    Entry,
    Epoch,
    Example,
    Fit,
    HistoryLength,
    Interval,
    Moved,
    Part,
    Product,
    Protocol,
    Quantised,
    Report,
    Score,
    SplitFacts,
    SplitPart,
    System,
)  # fmt: skip
from edgeshelf_training.report_html import render_html
from edgeshelf_training.report_style import DARK, LIGHT


def test_markup_in_titles_and_ids_is_text():
    markup = render_html(rich_report().to_json())
    page = Page(markup)
    assert "<script" not in markup and "<img" not in markup
    assert "<script>alert(1)</script>" in page.text and "<img src=x>" in page.text
    assert not {name for _, attributes in page.elements for name in attributes if name.startswith("on")}
    titles = [attributes.get("title") for tag, attributes in page.elements if tag == "span"]
    assert QUOTES.title in titles and SCRIPT.title in titles
    assert "<b>none</b>" in [cell for row in page.table("Settings") for cell in row]


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_title_or_id_changes_what_elements_the_page_has(title: str, item: str):
    def with_product(product: Product) -> Page:
        moved, shown = Moved(product, 1, 2), Example((Entry(product, "view"),), (product,), (product,), product)
        against = replace(comparison(), gained=(moved,), lost=(moved,))
        return page_of(replace(minimal_report(), comparison=against, examples=(shown,)))

    odd, plain = with_product(Product(item, title)), with_product(Product("B01", "Base Coat"))
    assert [(tag, list(attributes)) for tag, attributes in odd.elements] == [
        (tag, list(attributes)) for tag, attributes in plain.elements
    ]


def test_no_name_changes_what_elements_the_page_has():
    def named(name: str) -> Report:
        one = Curve(name, (Epoch(1, 2.0, 0.1), Epoch(2, 1.0, 0.2)), 2)
        return replace(
            rich_report(),
            trained=replace(rich_report().trained, release=name, device=name, source=name, command=name, boundary=name),
            protocol=Protocol(name, name, name, name, 9),
            split=SplitFacts(name, name, (SplitPart(name, 1, name),)),
            config={name: name},
            cleaned={name: 1},
            quantised=(Quantised(name, 0.1, 0.1, 0.0), Quantised(name, 0.1, 0.1, 0.0)),
            systems=(System(name, 0.1, 0.2),),
            fits=(Fit(name, (one,)),),
            ablation=(Part(name, 0.2, 0.1, Interval(1.0, 0.9, 1.1)),),
            history_lengths=(HistoryLength(1, None, 9, (Score(name, 0.1, 0.2),)),),
            deciles=(Decile(1, 2, 9, {name: 0.2}),),
            comparison=replace(comparison(), baseline_release=name),
            examples=(Example((Entry(SCRIPT, name),), ()),),
        )

    odd, plain = page_of(named("</title><script>'\"&")), page_of(named("a name of that size"))
    assert [(tag, list(attributes)) for tag, attributes in odd.elements] == [
        (tag, list(attributes)) for tag, attributes in plain.elements
    ]


def test_each_title_keeps_its_own_direction():
    page = page_of(rich_report())
    titles = [attributes for tag, attributes in page.elements if attributes.get("class") == "title" and tag == "span"]
    assert {HEBREW.title, ARABIC.title, CHINESE.title, BARE.id} <= {found["title"] for found in titles}
    assert all(found["dir"] == "auto" for found in titles)


def test_the_page_asks_for_nothing_and_runs_nothing():
    page = page_of(rich_report())
    asking = ("src", "srcset", "action", "data", "poster", "ping", "xlink:href")
    assert not [name for _, attributes in page.elements for name in attributes if name in asking]
    links = [attributes["href"] for _, attributes in page.elements if "href" in attributes]
    assert links == [f"#{key}" for key in page.sections]
    style = render_html(rich_report().to_json()).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy


def test_every_chart_has_a_title_a_description_and_words_that_are_text():
    page = page_of(rich_report())
    assert len(page.drawings) == 8  # interval, 3 curves, ablation, lengths, deciles, both releases
    assert all(drawing["title"] and drawing["desc"] and drawing["texts"] for drawing in page.drawings)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"].split() for tag, attributes in page.elements if tag == "svg"]
    assert all(one in ids for pair in named for one in pair)


def test_nothing_of_a_chart_lies_beyond_its_edges():
    page = page_of(rich_report())
    for tag, attributes in page.elements:
        if tag == "svg":
            _, _, wide, high = map(float, attributes["viewbox"].split())
        if tag in ("text", "circle", "line", "rect"):
            assert all(0 <= float(attributes[name]) <= wide for name in ("x1", "x2", "cx") if name in attributes)
            # the box of a swatch hangs about its own origin
            assert all(-6 <= float(attributes[name]) <= high for name in ("y", "y1", "y2", "cy") if name in attributes)
    for drawing in page.drawings:
        for words, place in zip(drawing["texts"], drawing["places"], strict=True):
            before = {"start": 0, "middle": 0.5, "end": 1}[place["text-anchor"]] * width_of(words)
            start = float(place["x"]) - before
            assert start >= 0 and start + width_of(words) <= WIDTH, words


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours, #rrggbb."""

    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(scheme: dict[str, str]):
    for name in ("ink", "soft", "link", "better", "worse", "unclear"):
        assert contrast(scheme[name], scheme["card"]) >= 4.5, name
    for name in ("ink", "soft", "better"):
        assert contrast(scheme[name], scheme["hit"]) >= 4.5, name
    assert contrast(scheme["link"], scheme["page"]) >= 4.5
    for name in ("s1", "s2", "s3", "s4", "s5", "s6", "axis", "worse"):
        assert contrast(scheme[name], scheme["card"]) >= 3, name
