import dataclasses
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import integrate
from scipy.stats import norm

from edgeshelf_training.__main__ import main
from edgeshelf_training.batches import NO_TARGET
from edgeshelf_training.config import PRESETS, TrainConfig, with_fields
from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.dp_accountant import PureChoice, SampledGaussian, epsilon_of, least_scale, renyi
from edgeshelf_training.dp_budget import plan_budget
from edgeshelf_training.dp_counts import noised_popularity
from edgeshelf_training.dp_encoder import content_vectors, public_config, public_encoder, train_privately
from edgeshelf_training.dp_units import UNIT_EVENTS, one_case_each, units_of
from edgeshelf_training.errors import InputError
from edgeshelf_training.progress import Progress
from edgeshelf_training.release import read_release
from edgeshelf_training.train import train

TINY = dataclasses.replace(PRESETS["tiny"], privacy="dp", dp_steps=3, dp_batch=20, length=20)


@pytest.mark.parametrize(("noise", "rate", "order"), [(1.0, 0.1, 2), (2.0, 0.5, 8), (0.8, 0.01, 5), (1.5, 0.9, 3)])
def test_the_accountant_is_the_divergence_of_the_sampled_gaussian(noise: float, rate: float, order: int):
    """Against the integral itself, of the mixture that one unit makes against none."""

    def moment(x: float) -> float:
        none, one = norm.pdf(x, 0, noise), norm.pdf(x, 1, noise)
        return none * ((1 - rate) + rate * one / none) ** order

    value, _ = integrate.quad(moment, -12 * noise, order + 12 * noise, limit=400)
    assert renyi(SampledGaussian(noise, rate, 1), order) == pytest.approx(math.log(value) / (order - 1), rel=1e-6)


def test_epsilon_is_no_less_than_what_the_gaussian_mechanism_needs():
    """Balle & Wang, ICML 2018, theorem 8: the exact delta of one Gaussian release."""

    def exact_delta(epsilon: float, noise: float) -> float:
        a, b = 1 / (2 * noise), epsilon * noise
        return norm.cdf(a - b) - math.exp(epsilon) * norm.cdf(-a - b)

    for noise in (0.7, 1.0, 3.0, 10.0):
        claimed = epsilon_of([SampledGaussian(noise, 1.0, 1)], 1e-5)
        assert exact_delta(claimed, noise) <= 1e-5
        assert exact_delta(0.7 * claimed, noise) > 1e-5  # and not by much more


def test_spending_adds_up_and_noise_is_the_least_that_holds():
    parts = [SampledGaussian(1.2, 0.1, 60), PureChoice(0.4)]
    assert epsilon_of(parts, 1e-5) > max(epsilon_of([part], 1e-5) for part in parts)
    least = least_scale(lambda s: [SampledGaussian(s, 0.1, 60)], 2.0, 1e-5)
    assert epsilon_of([SampledGaussian(least, 0.1, 60)], 1e-5) <= 2.0
    assert epsilon_of([SampledGaussian(0.99 * least, 0.1, 60)], 1e-5) > 2.0


def test_a_budget_is_held_by_all_that_a_release_spends():
    for epsilon in (0.5, 2.0, 8.0):
        config = TrainConfig(privacy="dp", dp_epsilon=epsilon)
        once, twice = plan_budget(config, 20_000, 1), plan_budget(config, 20_000, 2)
        assert 0.95 * epsilon < once.epsilon <= epsilon
        assert once.delta == pytest.approx(20_000**-1.1)
        assert twice.noise > once.noise
    nothing = plan_budget(TrainConfig(privacy="content"), 20_000, 1)
    assert (nothing.epsilon, nothing.delta, nothing.reads_people) == (0.0, 0.0, False)


def test_a_unit_is_a_visitor_and_its_newest_events():
    long = list(range(40))
    log = histories_from_lists([long, [1, 2, 1], [5], [7, 8]])
    log = dataclasses.replace(log, visitors=np.array([0, 1, 2, 1]))
    spans = np.stack([log.offsets[:-1], log.offsets[1:]], 1)
    units = units_of(log, spans, keep_seen=False)
    assert len(units) == 3
    assert units.sizes.tolist() == [UNIT_EVENTS, 3, 1]
    assert units.rows[0].tolist() == long[-UNIT_EVENTS:]
    assert units.targets[1, :3].tolist() == [2, NO_TARGET, NO_TARGET]  # 1 was seen: no target
    assert units_of(log, spans, keep_seen=True).targets[1, :2].tolist() == [2, 1]
    cases = np.array([[40, 41], [43, 44], [44, 45]])  # the first and the last are of one visitor
    assert one_case_each(log, cases).tolist() == [[40, 41], [43, 44]]


def test_no_unit_moves_the_counts_by_more_than_one():
    rng = np.random.default_rng(1)
    histories = [rng.integers(30, size=rng.integers(1, 60)).tolist() for _ in range(40)]

    def counts(of: list[list[int]]) -> np.ndarray:
        log = histories_from_lists(of)
        units = units_of(log, np.stack([log.offsets[:-1], log.offsets[1:]], 1), True)
        found = np.zeros(30)
        for row, size in zip(units.rows, units.sizes, strict=True):
            distinct = np.unique(row[:size])
            found[distinct] += len(distinct) ** -0.5
        # without noise the popularity is those counts, but for the logarithm and its scale
        quiet = noised_popularity(units, 30, 0.0, np.random.default_rng(0))
        assert quiet == pytest.approx(np.log1p(found) / np.log1p(found).max())
        return found

    everybody = counts(histories)
    for one in range(len(histories)):
        others = counts(histories[:one] + histories[one + 1 :])
        assert np.linalg.norm(everybody - others) == pytest.approx(1.0)


def test_what_noise_alone_may_have_made_is_no_count():
    log = histories_from_lists([[0, 1]])
    units = units_of(log, np.array([[0, 2]]), True)
    found = noised_popularity(units, 20_000, 5.0, np.random.default_rng(3))
    assert (found > 0).mean() < 0.005  # three deviations


def _trained(histories: list[list[int]], clip: float, noise: float, steps: int = 1) -> dict[str, torch.Tensor]:
    config = dataclasses.replace(TINY, dp_clip=clip)
    log = histories_from_lists(histories)
    units = units_of(log, np.stack([log.offsets[:-1], log.offsets[1:]], 1), True)
    vectors = content_vectors(np.random.default_rng(0).standard_normal((30, 16)).astype(np.float32), 16)
    encoder = public_encoder(public_config(config))
    train_privately(encoder, vectors, np.zeros(30), units, config, noise, steps, 1.0, seed=11)
    return {name: value.clone() for name, value in encoder.state_dict().items()}


def test_each_unit_s_gradient_is_clipped_by_itself(monkeypatch: pytest.MonkeyPatch):
    """With a plain step of rate 1 the change is the mean clipped gradient: one unit of norm `clip`, however loud."""
    moved = []

    class Plain(torch.optim.SGD):
        def __init__(self, parameters, lr: float) -> None:
            super().__init__(parameters, lr=1.0)

        def step(self, closure=None) -> None:
            gradients = [p.grad for group in self.param_groups for p in group["params"]]
            moved.append(math.sqrt(sum(float(g.square().sum()) for g in gradients)))

    monkeypatch.setattr(torch.optim, "Adam", Plain)
    _trained([[1, 2, 3, 4, 5]], clip=0.25, noise=0.0)
    _trained([[1, 2, 3, 4, 5]] * 4, clip=0.25, noise=0.0)
    _trained([[1, 2, 3, 4, 5]] * 4, clip=1e9, noise=0.0)
    assert moved[0] == pytest.approx(0.25, rel=1e-4)
    assert moved[1] == pytest.approx(0.25, rel=1e-4)
    assert moved[2] > 0.3
    _trained([[1, 2]], clip=2.0, noise=3.0)  # noise of clip * 3 a component, which drowns the one unit
    learned = 16 * 16 * 2 + 16 * 2 + 20 * 1 + 16 * 2
    assert moved[3] == pytest.approx(6.0 * math.sqrt(learned), rel=0.15)


def test_what_is_not_learned_stays_public():
    before = public_encoder(public_config(TINY)).state_dict()
    after = _trained([[1, 2, 3]] * 5, clip=1.0, noise=1.0, steps=2)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(any(part in name for part in ("value", "out", "distance")) for name in changed)


def _data(folder: Path, histories: list[list[int]]) -> Path:
    folder.mkdir()
    with gzip.open(folder / "sequences.txt.gz", "wt") as out:
        out.writelines(f"u{u} {' '.join(f'i{row}' for row in history)}\n" for u, history in enumerate(histories))
    with gzip.open(folder / "items.tsv.gz", "wt") as out:
        out.write("item_id\ttitle\tattribute_ids\n")
        out.writelines(f"i{k}\tred polish {k % 5} of {k % 3}\t{k % 7}\n" for k in range(30))
    return folder


def _release(tmp_path: Path, name: str, histories: list[list[int]], config: TrainConfig) -> tuple[dict, Path]:
    out = tmp_path / name
    data = _data(tmp_path / f"{name}-data", histories)
    outcome = train(data, out, config, None, None, False, Progress(quiet=True), 1_795_168_800)
    assert outcome is not None
    return outcome.manifest, out


def test_a_release_of_content_alone_is_the_same_whoever_was_there(tmp_path: Path):
    config = dataclasses.replace(TINY, privacy="content")
    rng = np.random.default_rng(4)
    one = [rng.integers(30, size=6).tolist() for _ in range(40)]
    other = [rng.integers(30, size=9).tolist() for _ in range(60)]
    first, folder = _release(tmp_path, "first", one, config)
    second, _ = _release(tmp_path, "second", other, config)
    assert first["files"] == second["files"]
    assert first["privacy"]["differentialPrivacy"]["epsilon"] == 0
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["privacy"]["kPair"] == config.k_pair


def test_a_private_release_says_what_it_spent_and_holds_no_pair(tmp_path: Path):
    histories = [[k % 30, (k + 1) % 30, (k + 2) % 30, (k + 3) % 30] for k in range(90)]
    manifest, folder = _release(tmp_path, "private", histories, dataclasses.replace(TINY, dp_epsilon=4.0))
    told = manifest["privacy"]["differentialPrivacy"]
    assert 3.8 < told["epsilon"] <= 4.0
    assert told["delta"] == pytest.approx(90**-1.1)
    assert told["steps"] == 3
    tables = read_release(folder).tables.counted
    assert (tables["transitions"].nnz, tables["bought"].nnz) == (0, 0)


def test_the_same_run_has_other_noise(tmp_path: Path):
    """A seed in the manifest would let anybody take the noise off again."""
    histories = [[k % 30, (k + 1) % 30, (k + 2) % 30, (k + 3) % 30] for k in range(90)]
    config = dataclasses.replace(TINY, dp_epsilon=4.0)
    one, other = (_release(tmp_path, name, histories, config)[0]["files"] for name in ("one", "other"))
    for file in ("items.bin", "encoder.int8.onnx"):
        assert one[file]["sha256"] != other[file]["sha256"]


def test_settings_that_cannot_be_private_are_refused():
    for fields, said in (
        ({"privacy": "some"}, "privacy"),
        ({"privacy": "dp", "dp_epsilon": 0}, "dp_epsilon"),
        ({"privacy": "dp", "reads": "ids"}, "content"),
        ({"privacy": "dp", "dp_delta": 1.0}, "dp_delta"),
    ):
        with pytest.raises(InputError, match=said):
            with_fields(TrainConfig(), fields, "--config x")


def test_the_curve_has_a_row_of_content_alone_and_two_for_each_epsilon(tmp_path: Path, capsys: pytest.CaptureFixture):
    histories = [[k % 30, (k + 1) % 30, (k + 2) % 30, (k + 3) % 30] for k in range(60)]
    data, file = _data(tmp_path / "data", histories), tmp_path / "curve.json"
    settings = tmp_path / "config.json"
    settings.write_text(json.dumps({"dim": 16, "length": 20, "content_dim": 16, "dp_steps": 2, "dp_batch": 20}))
    shared = ["--config", str(settings), "--json", str(file)]
    assert main(["privacy-curve", "--data", str(data), "--epsilons", "1,8", *shared]) == 0
    rows = json.loads(file.read_text("utf-8"))["rows"]
    assert [(row["epsilon"], row["steps"]) for row in rows] == [(0, 0), (1, 0), (8, 0), (1, 2), (8, 2)]
    assert all(row["spent"] <= row["epsilon"] for row in rows[1:])
    assert rows[1]["noise"] < rows[3]["noise"]
    assert len(capsys.readouterr().out.splitlines()) == 5
