"""What a release of the preset `discreet` leaves untold."""

import dataclasses
import json
from pathlib import Path

import numpy as np

from conftest import run, shop_events, shop_sequences, write_events, write_sequences
from edgeshelf_training import esb1
from edgeshelf_training.config import PRESETS, TrainConfig
from edgeshelf_training.counts import LEAST_POPULARITY
from edgeshelf_training.release import read_release

# The preset in a shop of a few dozen products.
QUIET = dataclasses.replace(
    PRESETS["tiny"], towers=1, item_vectors="fixed", k_pair=3, k_item=8, item_noise=0.0, tail_price=0.0
)
NOISY = dataclasses.replace(QUIET, item_noise=4.0)


def _made(folder: Path, config: TrainConfig, sessions: int = 90) -> Path:
    data = write_sequences(folder / "data", *shop_sequences(sessions))
    run(data, folder / "release", config=config)
    return folder / "release"


def _hashes(release: Path) -> dict[str, str]:
    files = json.loads((release / "manifest.json").read_text("utf-8"))["files"]
    return {name: entry["sha256"] for name, entry in files.items()}


def test_the_preset_has_every_part():
    preset, plain = PRESETS["discreet"], TrainConfig()
    assert (preset.item_vectors, preset.tail_price) == ("fixed", 0.0)
    assert preset.k_pair > plain.k_pair and preset.k_item > 1 and preset.item_noise > 0


def test_vectors_and_encoder_are_the_same_whoever_was_there(tmp_path: Path):
    one, other = _made(tmp_path / "one", QUIET), _made(tmp_path / "other", QUIET, sessions=60)
    first, second = read_release(one), read_release(other)
    assert first.ids == second.ids == sorted(first.ids)
    assert np.array_equal(first.vectors, second.vectors) and np.array_equal(first.scales, second.scales)
    for file in ("encoder.int8.onnx", "text.bin"):
        assert _hashes(one)[file] == _hashes(other)[file]
    assert _hashes(one)["transitions.bin"] != _hashes(other)["transitions.bin"]
    assert not first.tables.boost.any()


def test_no_item_is_told_to_be_untouched(tmp_path: Path):
    items, histories = shop_sequences(90)
    data = write_sequences(tmp_path / "data", items, [history[:3] for history in histories[:12]])
    run(data, tmp_path / "release", config=QUIET)
    release = read_release(tmp_path / "release")
    touched = {item for history in histories[:12] for item in history[:3]}
    assert len(touched) < len(release.ids)
    assert release.tables.popularity.min() == np.float32(LEAST_POPULARITY)


def test_each_release_has_noise_of_its_own_and_none_where_it_is_off(tmp_path: Path):
    """A seed in the manifest would let anybody take the noise off again."""
    quiet = [_hashes(_made(tmp_path / name, QUIET)) for name in ("quiet", "as-quiet")]
    assert quiet[0] == quiet[1]
    noisy = [_hashes(_made(tmp_path / name, NOISY)) for name in ("noisy", "as-noisy")]
    assert noisy[0]["items.bin"] != noisy[1]["items.bin"] != quiet[0]["items.bin"]
    assert noisy[0]["transitions.bin"] == noisy[1]["transitions.bin"] == quiet[0]["transitions.bin"]


def test_demand_of_late_is_not_told(tmp_path: Path):
    items, events = shop_events(60)
    run(
        write_events(tmp_path / "data", events, items),
        tmp_path / "release",
        config=dataclasses.replace(QUIET, k_item=99),
    )
    sections = esb1.read(tmp_path / "release" / "items.bin", "items").sections
    assert (sections["popularity"] == np.float32(LEAST_POPULARITY)).all()
    assert "recent" not in sections
