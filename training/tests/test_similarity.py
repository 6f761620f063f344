"""What similarity of content gives shoppers whose next item nobody has touched."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import write_sequences
from scipy import sparse

from edgeshelf_training.__main__ import BAD_INPUT, main
from edgeshelf_training.corpus import Corpus, Item, histories_from_lists
from edgeshelf_training.similarity import best_by_similarity
from edgeshelf_training.split import leave_one_out

# Items 0 to 2 point one way, 3 to 5 another, 6 between the two.
ROWS = sparse.csr_matrix(np.array([[1, 0]] * 3 + [[0, 1]] * 3 + [[0.6, 0.8]], float))


def test_the_nearest_to_the_history_come_first_and_the_best_decay_is_told():
    log = histories_from_lists([[0, 3, 4, 5], [0, 1, 2]])
    corpus = Corpus("sequences", tuple(Item(str(k)) for k in range(7)), log)
    split = leave_one_out(log)
    found = best_by_similarity(corpus, split.train, split.test, ROWS)
    # After 0, 3, 4 the mean points to (0.32, 0.95) at decay 0.6: item 6 (0.95) is behind 5 only where 0 weighs little;
    # after 0, 1 only 2 is left of its kind. Decay 0 reads the newest alone, and finds both first.
    assert (found["decay"], found["ndcg@10"], found["recall@50"]) == (0.0, 1.0, 1.0)


def test_the_command_measures_the_named_targets_alone(tmp_path: Path, capsys: pytest.CaptureFixture):
    kinds = ["soap", "soap", "soap", "cream", "cream", "cream"]
    items = {f"i{k}": (kind, f"a{k % 3}") for k, kind in enumerate(kinds)}
    data = write_sequences(tmp_path / "data", items, [["i0", "i1", "i2"], ["i3", "i4", "i5"], ["i0", "i1", "i5"]])
    (tmp_path / "targets").write_text("i2\n")
    arguments = ["similarity", "--data", str(data), "--targets", str(tmp_path / "targets")]
    assert main([*arguments, "--json", str(tmp_path / "out.json")]) == 0
    found = json.loads((tmp_path / "out.json").read_text())
    assert list(found) == ["tfidf"] and found["tfidf"]["recall@10"] == 1.0
    (tmp_path / "targets").write_text("i9\n")
    assert main(arguments) == BAD_INPUT
    assert "names no item" in capsys.readouterr().err
