import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from read_page import assert_tells, number, page_of
from sample_report import comparison, minimal_report, rich_report

from edgeshelf_training.report import (
    Curve,
    Decile,
    Entry,
    Epoch,
    Example,
    Fit,
    HistoryLength,
    Interval,
    Product,
    Score,
    SplitFacts,
    System,
    write_report,
)  # fmt: skip
from edgeshelf_training.report_headline import verdict
from edgeshelf_training.report_html import render_html

ALL_SECTIONS = ["curves", "systems", "ablation", "lengths", "popularity", "changes", "examples", "data"]


def test_the_files_hold_the_same_report_and_only_finite_numbers(tmp_path: Path):
    write_report(tmp_path, rich_report())
    written = json.loads((tmp_path / "report.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert written == rich_report().to_json()
    assert (tmp_path / "report.html").read_text("utf-8") == render_html(written)
    assert written["comparison"]["difference"] == {"mean": 0.03125, "lower95": 0.01025, "upper95": 0.05225}
    assert written["systems"][0] == {
        "name": "fused", "ndcg@10": 0.0792, "recall@10": 0.1465, "coverage@10": 0.6123, "gini": 0.7214,
    }  # fmt: skip
    assert written["fits"][1]["validationTargets"] is None


def test_a_number_that_is_not_finite_is_refused_by_its_place():
    broken = replace(rich_report(), systems=(System("fused", float("nan"), 0.1),))
    with pytest.raises(ValueError, match=r"report\.systems\.0\.ndcg: nan is not finite"):
        broken.to_json()


def test_numbers_of_numpy_are_written_as_numbers():
    counted = Decile(np.int64(1), np.int32(12), np.int64(3), {"fused": np.float32(0.25)})
    told = replace(minimal_report(), deciles=(counted,)).to_json()["deciles"][0]
    assert json.loads(json.dumps(told)) == {"decile": 1, "items": 12, "targets": 3, "recall@10": {"fused": 0.25}}


def test_half_a_surrogate_pair_in_a_title_does_not_stop_the_report(tmp_path: Path):
    odd = Example((Entry(Product("a", "x\ud800y")),), ())
    write_report(tmp_path, replace(minimal_report(), examples=(odd,)))
    assert "x\ufffdy" in (tmp_path / "report.html").read_text("utf-8")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["examples"][0]["history"][0]["product"] == {
        "id": "a", "title": "x\ufffdy",
    }  # fmt: skip


def test_the_tables_tell_the_numbers_of_the_report():
    report = rich_report()
    data, page = report.to_json(), page_of(report)
    for system, row in zip(data["systems"], page.table("Tune model"), strict=True):
        assert_tells(row[1:], [system[key] for key in ("ndcg@10", "recall@10", "coverage@10", "gini")])
    for system, row in zip(data["refitSystems"], page.table("Refit model"), strict=True):
        assert_tells(row[1:], [system[key] for key in ("ndcg@10", "recall@10", "coverage@10", "gini")])
    for part, row in zip(data["ablation"], page.table("NDCG@10 with and without"), strict=True):
        low, high = row[4].split(" to ")
        found = part["difference"]
        told = [part["ndcg@10"], part["ndcgWithout"], found["mean"], found["lower95"], found["upper95"]]
        assert row[0] == part["name"]
        assert_tells([*row[1:4], low, high], told)
    for bucket, row in zip(data["historyLengths"], page.table("By known items"), strict=True):
        numbers = [score[key] for key in ("ndcg@10", "recall@10") for score in bucket["scores"]]
        assert_tells(row[1:], [bucket["targets"], *numbers])
    for decile, row in zip(data["deciles"], page.table("Recall@10 by popularity"), strict=True):
        recalls = [decile["recall@10"].get(name) for name in ("fused", "encoder", "transitions")]
        assert_tells(row, [decile["decile"], decile["items"], decile["targets"], *recalls])
    for bucket, row in zip(data["comparison"]["lengths"], page.table("NDCG@10 by known items"), strict=True):
        told = [bucket["targets"], bucket["candidate"], bucket["baseline"], bucket["difference"]["mean"]]
        assert_tells(row[1:5], told)
    for caption, key in (("Gained", "gained"), ("Lost", "lost")):
        for moved, row in zip(data["comparison"][key], page.table(caption), strict=True):
            assert_tells(row[1:], [moved["before"], moved["after"], moved["after"] - moved["before"]])
    assert [number(row[1]) for row in page.table("Dropped")] == list(data["cleaned"].values())
    assert [row[0] for row in page.table("Settings")] == list(data["config"])
    assert page.table("The split")[0] == ["train", "138,951 events", "2024-05-01 12:00", "2024-06-10 12:00"]


def test_the_curves_tell_every_epoch_and_ring_the_kept_ones():
    data, page = rich_report().to_json(), page_of(rich_report())
    for fit in data["fits"]:
        rows = page.table(f"Training loss (nats a target) and validation NDCG@10 of {fit['name']}")
        assert len(rows) == max(len(curve["epochs"]) for curve in fit["curves"])
        for row, epoch in zip(rows, range(1, len(rows) + 1), strict=True):
            points = [next((e for e in c["epochs"] if e["epoch"] == epoch), {}) for c in fit["curves"]]
            assert_tells(row, [epoch, *(point.get(of) for point in points for of in ("loss", "ndcg@10"))])
        kept = page.table(f"Kept checkpoints of {fit['name']}")
        assert [number(row[2]) for row in kept] == [curve["kept"] for curve in fit["curves"]]
    rings = [a for tag, a in page.elements if tag == "circle" and a["class"].startswith("ring s")]
    assert len(rings) == 6  # two curves in each of three charts
    assert "kept checkpoint 11: 0.0713" in page.drawings[2]["desc"]


def test_the_head_tells_the_three_numbers_and_the_verdict():
    page = page_of(rich_report())
    numbers = [
        word for word, before in zip(page.words[1:], page.words, strict=False)
        if before in ("NDCG@10, fused int8", "Against the active release", "int8 against float32")
        and any(letter.isdigit() for letter in word)
    ]  # fmt: skip
    assert_tells(numbers, [0.0792, 0.03125, 0.0792 / 0.0793 - 1])
    assert "Better than the active release." in page.text
    assert "64.2%" in page.words  # the overlap


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"difference": Interval(0.03, 0.01, 0.05)}, "better"),
        ({"difference": Interval(-0.03, -0.05, -0.01)}, "worse"),
        ({"difference": Interval(0.01, -0.01, 0.03)}, "unclear"),
        ({"difference": Interval(0.03, 0.01, 0.05), "targets": 499}, "unclear"),
        ({"difference": Interval(0.03, 0.01, 0.05), "targets": 499, "gate": None}, "better"),
        ({"difference": None, "targets": 0, "candidate": None, "baseline": None}, "unclear"),
    ],
)
def test_the_verdict_is_the_side_of_zero_that_the_whole_interval_lies_on(change: dict, kind: str):
    report = replace(rich_report(), comparison=replace(comparison(), **change))
    assert verdict(report.to_json())[0] == kind


def test_the_target_is_marked_where_it_was_found_and_only_there():
    page = page_of(replace(rich_report(), comparison=None))
    hits = [k for k, (tag, a) in enumerate(page.elements) if tag == "li" and a.get("class") == "hit"]
    assert len(hits) == 1  # in example 1, the active release and example 2 missed, example 3 has no target
    assert "target at 5" in page.text
    assert page.text.count("target not among them") == 3


def test_a_minimal_report_has_only_what_it_knows():
    page = page_of(minimal_report())
    assert page.sections == ["data"]
    assert page.tables == [] and page.drawings == []
    assert "Nothing was measured." in page.text
    assert "None" not in page.text and "null" not in page.text and "nan" not in page.text.lower()


@pytest.mark.parametrize(
    ("emptied", "section"),
    [
        ({"fits": ()}, "curves"),
        ({"systems": (), "refit_systems": ()}, "systems"),
        ({"ablation": ()}, "ablation"),
        ({"history_lengths": ()}, "lengths"),
        ({"deciles": ()}, "popularity"),
        ({"comparison": None}, "changes"),
        ({"examples": ()}, "examples"),
    ],
)
def test_an_absent_part_has_no_section_and_no_link(emptied: dict, section: str):
    page = page_of(replace(rich_report(), **emptied))
    assert page.sections == [name for name in ALL_SECTIONS if name != section]
    assert f"#{section}" not in [attributes.get("href") for _, attributes in page.elements]


def test_without_times_the_split_has_no_dates_and_without_titles_items_go_by_id():
    parts = tuple(replace(part, first_at=None, last_at=None) for part in rich_report().split.parts)
    shown = Example((Entry(Product("B1"), "view"),), (Product("B2"), Product("B1")), None, Product("B2"))
    report = replace(
        rich_report(), split=SplitFacts("given", "00", parts), examples=(shown,), comparison=None, cleaned={}
    )
    page = page_of(report)
    assert page.table("The split") == [
        ["train", "138,951 events"], ["validation", "21,011 targets"], ["test", "10,507 targets"],
    ]  # fmt: skip
    assert [a["title"] for tag, a in page.elements if a.get("class") == "title"] == ["B2", "B1", "B2", "B1"]
    assert not [tag for tag, _ in page.elements if tag == "bdi"][1:]  # only the release's own


def test_a_bucket_without_targets_is_a_dash_and_no_bar():
    buckets = (HistoryLength(1, 1, 0), HistoryLength(2, None, 40, (Score("fused", 0.1, 0.2),)))
    page = page_of(replace(minimal_report(), history_lengths=buckets))
    assert page.table("By known items") == [["1", "0", "–", "–"], ["2+", "40", "0.1000", "0.2000"]]
    bars = [a for tag, a in page.elements if tag == "rect" and a["class"].startswith("bar")]
    assert len(bars) == 2  # one bar, and the swatch of the legend


@pytest.mark.parametrize("loss", [0.0, 3.0])
def test_a_curve_of_one_epoch_or_of_equal_values_is_drawn(loss: float):
    one = Fit("tune", (Curve("tower 1", (Epoch(1, loss),), 1),))
    flat = Fit("refit", (Curve("tower 1", (Epoch(1, loss), Epoch(2, loss)), None),))
    page = page_of(replace(minimal_report(), fits=(one, flat)))
    assert [drawing["title"] for drawing in page.drawings] == ["Training loss of tune", "Training loss of refit"]
