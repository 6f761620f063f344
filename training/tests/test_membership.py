import dataclasses
from pathlib import Path

import numpy as np
import pytest
from conftest import shop_sequences, write_sequences

from edgeshelf_training.config import PRESETS
from edgeshelf_training.errors import InputError
from edgeshelf_training.membership import Shadow, attack, make_pool, overfitted, roc, run_membership


def _shadows(gap: float, count: int = 12, histories: int = 300) -> list[Shadow]:
    """Signals that each history moves by `gap` where it was trained on, beside a level of its own."""
    rng = np.random.default_rng(5)
    level = 3 * rng.standard_normal(histories)
    made = []
    for _ in range(count):
        member = rng.random(histories) < 0.5
        names = ("loss", "listed", "pairs", "pairWeight")
        signals = {name: level + gap * member + rng.standard_normal(histories) for name in names}
        made.append(Shadow(member, signals))
    return made


def test_an_attack_finds_what_is_there_and_nothing_where_nothing_is():
    blind = attack(_shadows(0.0), "B")
    assert blind["auc"] == pytest.approx(0.5, abs=0.03)
    assert blind["tprAt0.1%Fpr"] < 0.01
    # Two normals one deviation apart: 0.76 if the means were known, less by what a few shadows leave unsure.
    assert 0.7 < attack(_shadows(1.0), "B")["auc"] < 0.78
    # Four signals are two deviations: more is to be had from all files than from answers.
    assert attack(_shadows(1.0), "A")["auc"] > 0.85


def test_the_rate_of_true_positives_is_taken_where_one_in_a_thousand_is_false():
    evidence = np.concatenate([np.arange(2000.0), np.full(10, 1997.5), np.full(10, 3000.0)])
    member = np.concatenate([np.zeros(2000, bool), np.ones(20, bool)])
    assert roc(evidence, member)["tprAt0.1%Fpr"] == 1.0
    evidence[2000:2010] = 1996.5
    assert roc(evidence, member)["tprAt0.1%Fpr"] == 0.5


def test_each_shadow_is_trained_on_half_of_the_pool_and_a_cut_run_goes_on(tmp_path: Path):
    data = write_sequences(tmp_path / "data", *shop_sequences(90))
    config = dataclasses.replace(overfitted(PRESETS["tiny"]), epochs=1, fusion_cases=60, validation_cases=40)
    told: list[str] = []
    first = run_membership(data, 30, 2, config, tmp_path / "work", told.append)
    assert len(told) == 2
    again = run_membership(data, 30, 3, config, tmp_path / "work", told.append)
    assert len(told) == 3
    assert first["users"] == again["users"] == 30
    for number in range(3):
        with np.load(tmp_path / "work" / f"shadow-{number}.npz") as held:
            assert held["member"].sum() == 30 and len(held["member"]) == 60
            assert np.isfinite(held["loss"]).all()
    with pytest.raises(InputError, match="--users 5000"):
        make_pool(data, 5000, 1)
