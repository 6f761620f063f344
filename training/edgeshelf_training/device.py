"""Where the encoder is trained: a GPU where there is one, else the CPU. Only speed and rounding depend on it."""

from __future__ import annotations

import os

import torch
from torch import nn

from .config import TrainConfig
from .errors import InputError


def choose_device(wanted: str) -> torch.device:
    """`wanted` is "auto", "cpu" or "cuda" (with or without an index). Repeats bit by bit where the device can."""
    # Must be set before cuBLAS is first used; without it its reductions may differ from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    name = wanted if wanted != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"device {wanted}: this machine offers no CUDA device to PyTorch")
    # Parallel scatter adds would differ from run to run; what a GPU cannot repeat it warns of.
    torch.use_deterministic_algorithms(True, warn_only=name != "cpu")
    return torch.device(name)


def uses_bfloat16(config: TrainConfig, device: torch.device) -> bool:
    """Whether products are computed in bfloat16: as the config says, by itself on a GPU only."""
    return config.precision == "bfloat16" or (config.precision == "auto" and device.type == "cuda")


def device_name(config: TrainConfig) -> str:
    """The device as a reader would name it."""
    device = choose_device(config.device)
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"cpu, {config.threads} thread{'s' if config.threads != 1 else ''}"


def device_of(module: nn.Module) -> torch.device:
    return next(module.parameters()).device
