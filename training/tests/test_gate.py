import json
from pathlib import Path

import numpy as np
import pytest
from conftest import run, shop_events, write_events

from edgeshelf_training.bootstrap import relative_difference


def test_a_sure_gain_has_an_interval_above_zero():
    base = np.tile([0.0, 0.5, 1.0, 0.5], 200)
    found = relative_difference(base * 1.1, base, 1000, 1)
    assert found["mean"] == pytest.approx(0.1)
    assert found["lower95"] == pytest.approx(0.1) and found["upper95"] == pytest.approx(0.1)


def test_the_interval_is_that_of_the_mean():
    # half the cases gain 1, half lose 1, on a baseline of 1: mean 0, standard error 1/sqrt(400) = 0.05
    base = np.ones(400)
    found = relative_difference(base + np.tile([1.0, -1.0], 200), base, 4000, 1)
    assert found["mean"] == 0.0
    assert found["lower95"] == pytest.approx(-1.96 * 0.05, abs=0.012)
    assert found["upper95"] == pytest.approx(1.96 * 0.05, abs=0.012)


def test_a_baseline_of_zero_is_no_division_by_zero():
    assert relative_difference(np.full(10, 0.2), np.zeros(10), 50, 1)["mean"] == pytest.approx(1.0)


def test_no_targets_is_no_verdict_and_no_failure():
    assert relative_difference(np.zeros(0), np.zeros(0), 50, 1) == {"mean": 0.0, "lower95": 0.0, "upper95": 0.0}


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
