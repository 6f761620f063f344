"""Two processes under torchrun's environment, over gloo on the CPU."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from conftest import shop_sequences, write_sequences

from edgeshelf_training import distributed
from edgeshelf_training.release import read_release

GRADIENTS = """
import sys, torch
from edgeshelf_training import distributed
distributed.join()
weight, idle = (torch.nn.Parameter(torch.ones(3)) for _ in range(2))
(weight * (2.0 if distributed.rank() == 0 else 6.0)).sum().backward()
if distributed.rank() == 1:
    (5 * idle).sum().backward()
distributed.average_gradients([weight, idle])
assert weight.grad.tolist() == [4.0] * 3 and idle.grad.tolist() == [2.5] * 3
assert distributed.agreed(distributed.rank() == 0, torch.device("cpu"))
"""


def together(arguments: list[str], cwd: Path) -> list[int]:
    """Exit codes of two processes of one group."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen([sys.executable, *arguments], cwd=cwd, env={**os.environ, **group, "RANK": str(rank)})
        for rank in range(2)
    ]
    return [process.wait(timeout=240) for process in running]


def test_gradients_are_averaged_and_the_first_process_decides():
    assert together(["-c", GRADIENTS], Path(__file__).parents[1]) == [0, 0]


def test_two_processes_train_one_release(tmp_path: Path):
    data = write_sequences(tmp_path / "data", *shop_sequences())
    command = ["-m", "edgeshelf_training", "train", "--data", str(data), "--out", str(tmp_path / "out"), "--config",
               "tiny", "--boundary", "refit"]  # fmt: skip
    assert together(command, Path(__file__).parents[1]) == [0, 0]
    release = read_release(tmp_path / "out")
    assert np.isfinite(release.float_vectors).all()
    assert release.manifest["metrics"]["tune"]["fused"]["ndcg@10"] > 0.1  # it has learned the ring of items


def test_alone_there_is_nothing_to_average():
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.tensor([1.0, 2.0])
    distributed.average_gradients([weight])
    assert weight.grad.tolist() == [1.0, 2.0]
    assert (distributed.world(), distributed.rank()) == (1, 0)
    assert not distributed.agreed(False, torch.device("cpu"))
