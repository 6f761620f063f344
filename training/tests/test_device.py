"""Where training runs."""

from __future__ import annotations

import pytest
import torch

from edgeshelf_training.device import choose_device
from edgeshelf_training.errors import InputError


def test_a_device_that_is_not_there_is_refused_by_name():
    if torch.cuda.is_available():
        assert choose_device("auto").type == "cuda"
    else:
        assert choose_device("auto").type == "cpu"
        with pytest.raises(InputError, match="cuda:3"):
            choose_device("cuda:3")
