import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import shop_sequences, write_sequences

from edgeshelf_training.__main__ import main
from edgeshelf_training.config import PRESETS
from edgeshelf_training.errors import InputError
from edgeshelf_training.membership import Shadow, attack, roc, run_membership
from edgeshelf_training.membership_signals import ANSWERED, READ, read_signals
from edgeshelf_training.release import read_release
from edgeshelf_training.shadows import MEMBERS, make_pool

TINY = dataclasses.replace(PRESETS["tiny"], epochs=1, fusion_cases=60, validation_cases=40)


def _shadows(gap: float, count: int = 10, histories: int = 300) -> list[Shadow]:
    """Four signals that each history moves by `gap` where it was trained on, beside a level of its own."""
    rng = np.random.default_rng(5)
    level = 3 * rng.standard_normal(histories)
    made = []
    for _ in range(count):
        member = rng.random(histories) < 0.5
        signals = {name: level + gap * member + rng.standard_normal(histories) for name in "abcd"}
        made.append(Shadow(member, signals))
    return made


def test_an_attack_finds_what_is_there_and_nothing_where_nothing_is():
    blind = attack(_shadows(0.0), ("a",))
    assert blind["auc"] == pytest.approx(0.5, abs=0.03)
    assert blind["tprAt0.1%Fpr"] < 0.01
    # Two normals one deviation apart: 0.76 if the means were known, less by what a few shadows leave unsure.
    assert 0.7 < attack(_shadows(1.0), ("a",))["auc"] < 0.78
    # Four signals are two deviations: 0.92 at most.
    assert 0.85 < attack(_shadows(1.0), tuple("abcd"))["auc"] < 0.93


def test_a_signal_that_says_nothing_does_not_drown_one_that_does():
    shadows = _shadows(1.0)
    rng = np.random.default_rng(6)
    noisy = [Shadow(s.member, s.signals | {"noise": 1e3 * rng.standard_normal(len(s.member))}) for s in shadows]
    assert attack(noisy, ("a", "noise"))["auc"] == pytest.approx(attack(shadows, ("a",))["auc"], abs=0.02)


def test_the_rate_of_true_positives_is_taken_where_one_in_a_thousand_is_false():
    evidence = np.concatenate([np.arange(2000.0), np.full(10, 1997.5), np.full(10, 3000.0)])
    member = np.concatenate([np.zeros(2000, bool), np.ones(20, bool)])
    assert roc(evidence, member)["tprAt0.1%Fpr"] == 1.0
    evidence[2000:2010] = 1996.5
    assert roc(evidence, member)["tprAt0.1%Fpr"] == 0.5


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Four shadows of a tiny recipe that remembers: the data, the folder, what was told, what was found."""
    folder = tmp_path_factory.mktemp("membership")
    data = write_sequences(folder / "data", *shop_sequences(90))
    told: list[str] = []
    found = run_membership(data, folder / "work", TINY, 30, 4, 40, True, told.append)
    return data, folder / "work", told, found


def test_each_shadow_is_a_release_of_half_of_the_pool_and_a_cut_run_goes_on(run):
    data, work, told, found = run
    assert len(told) == 4
    assert found["histories"] == 40 and found["recipe"] == "overfitted control"
    for number in range(4):
        member = np.load(work / f"shadow-{number}" / MEMBERS)
        assert member.sum() == 30 and len(member) == 60
        manifest = read_release(work / f"shadow-{number}").manifest
        assert manifest["trainedOn"]["sessions"] == 30 and manifest["kPair"] == 1
    again: list[str] = []
    assert run_membership(data, work, TINY, 30, 4, 40, True, again.append) == found
    assert again == []
    # Shadows of before a setting existed were made with what it is by default.
    recipe = work / "recipe.json"
    recipe.write_text(json.dumps({k: v for k, v in json.loads(recipe.read_text()).items() if k != "k_item"}))
    assert run_membership(data, work, TINY, 30, 4, 40, True, again.append) == found
    assert again == []
    with pytest.raises(InputError, match="dropout"):
        run_membership(data, work, TINY, 30, 4, 40, False)
    with pytest.raises(InputError, match="--users 5000"):
        make_pool(data, 5000, 1)
    with pytest.raises(InputError, match="--shadows 0"):
        run_membership(data, work, TINY, 30, 0, 40, True)


def test_too_few_releases_for_ratios_still_tell_what_each_signal_does_by_itself(run):
    data, work, _, found = run
    alone = run_membership(data, work, TINY, 30, 1, 40, True)
    assert "A" not in alone and "A" in found
    member = np.load(work / "shadow-0" / MEMBERS)[:40]
    with np.load(work / "shadow-0" / "signals-40.npz") as signals:
        auc = roc(signals["loss"], member)["auc"]
    assert alone["uncalibrated"]["loss"] == pytest.approx(max(auc, 1 - auc))
    assert 0 <= alone["ndcg@10"] <= 1


def test_the_command_tells_what_was_found_in_a_folder_of_shadows(run, tmp_path: Path):
    data, work, _, found = run
    config, out = tmp_path / "config.json", tmp_path / "found.json"
    config.write_text(json.dumps(dataclasses.asdict(TINY)))
    sizes = ["--users", "30", "--shadows", "4", "--asked", "40", "--control"]
    files = ["--data", str(data), "--work", str(work), "--config", str(config), "--json", str(out)]
    assert main(["membership", *files, *sizes]) == 0
    assert json.loads(out.read_text()) == json.loads(json.dumps(found))


def test_a_reads_what_the_files_say_of_a_history(run):
    data, work, _, _ = run
    pool, folder = make_pool(data, 30, TINY.seed), work / "shadow-1"
    release, member = read_release(folder), np.load(folder / MEMBERS)
    signals = read_signals(pool, release)
    assert set(signals) == set(READ)
    assert all(np.isfinite(values).all() and len(values) == 60 for values in signals.values())
    # Every pair in the window is counted where one visitor is enough, and none of a member's items is untouched.
    short = member & (np.diff(pool.log.offsets) - 2 <= TINY.window + 1)
    assert short.any() and (signals["transitions"][short] == 1).all()
    assert (signals["transitions"][~member] < 1).any()
    assert (signals["untouched"][member] == 0).all()
    row = {name: k for k, name in enumerate(release.ids)}
    log = pool.log
    first = log.rows[log.offsets[0] : log.offsets[1] - 2]
    popularity = [release.tables.popularity[row[pool.items[item].id]] for item in first]
    assert signals["rarest"][0] == pytest.approx(min(popularity))
    assert signals["popularity"][0] == pytest.approx(np.mean(popularity))


def test_answers_over_http_take_the_place_of_the_trainers_own_where_they_are_to_these_questions(run, tmp_path: Path):
    data, work, _, found = run
    questions = (work / "questions.json").read_bytes()
    cases = json.loads(questions)["cases"]
    assert found["B"]["asks"] != "over HTTP"
    for number in range(4):
        member = np.load(work / f"shadow-{number}" / MEMBERS)
        # Whoever asks learns who was in: that is what the last answer says. Cases stand in the order of histories.
        owner = _owners(data, 40)
        assert len(owner) == len(cases)
        margin = [float(member[h]) for h in owner]
        answers = {"questions": hashlib.sha256(questions).hexdigest(), "listed": [None] * len(cases)}
        answers |= {"margin": margin, "place": [3] * len(cases)}
        (work / f"shadow-{number}" / "answers.json").write_text(json.dumps(answers))
    try:
        told = run_membership(data, work, TINY, 30, 4, 40, True)
        assert told["B"]["asks"] == "over HTTP"
        assert told["alone"]["margin"]["auc"] > 0.99
        assert told["alone"]["listed"]["auc"] == pytest.approx(0.5)
        assert set(ANSWERED) < set(told["alone"])
        other = run_membership(data, work, TINY, 30, 4, 41, True)
        assert other["B"]["asks"] != "over HTTP"
    finally:
        for number in range(4):
            (work / f"shadow-{number}" / "answers.json").unlink()


def _owners(data: Path, histories: int) -> list[int]:
    """The history of each question: up to four, of a history without its last two events, none about the first."""
    log = make_pool(data, 30, TINY.seed).log
    sizes = (np.diff(log.offsets) - 2)[:histories]
    return [h for h, size in enumerate(sizes) for _ in range(min(4, size - 1))]
