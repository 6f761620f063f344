import json
from pathlib import Path

import pytest
from conftest import run, shop_events, write_events


def test_a_release_against_itself_differs_by_nothing_on_targets_it_never_saw(tmp_path: Path):
    items, events = shop_events()
    data = write_events(tmp_path / "data", events, items)
    run(data, tmp_path / "tune", boundary="tune")
    outcome = run(data, tmp_path / "again", boundary="tune", baseline=tmp_path / "tune")
    gate = json.loads((tmp_path / "again" / "gate.json").read_text())
    assert gate == outcome.gate
    assert gate["testTargets"] > 0
    assert gate["differenceRelative"] == {"mean": 0.0, "lower95": 0.0, "upper95": 0.0}
    assert gate["candidate"] == gate["baseline"]
    assert gate["candidate"]["ndcg@10"] == pytest.approx(outcome.manifest["metrics"]["tune"]["fused"]["ndcg@10"])
    assert "gate.json" not in outcome.manifest["files"]


def test_targets_that_the_baseline_trained_on_are_dropped_and_counted(tmp_path: Path, event_release: Path):
    items, events = shop_events()
    run(write_events(tmp_path / "data", events, items), tmp_path / "next", baseline=event_release)
    gate = json.loads((tmp_path / "next" / "gate.json").read_text())
    held = json.loads((event_release / "manifest.json").read_text())
    assert gate["testTargets"] == 0
    assert gate["droppedTargets"] > 0
    assert gate["testFrom"] == held["trainedOn"]["lastEventAt"] + 1
