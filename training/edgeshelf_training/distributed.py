"""Several processes under `torchrun`: each takes its share of the batches, and gradients are averaged.

Every process computes the same initial weights, the same order of batches and, after each step, the same weights, so
nothing but gradients and the decision to stop has to be sent. Source: synchronous data parallelism as in Li et al.,
"PyTorch Distributed", VLDB 2020.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta

import torch
import torch.distributed as dist


def join() -> None:
    """Joins the group that `torchrun` describes in the environment; alone, does nothing."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2 or dist.is_initialized():
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    # The others wait while the first measures between two fits.
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo", timeout=timedelta(hours=6))


def world() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Number of this process, from 0; the first one measures and writes."""
    return dist.get_rank() if dist.is_initialized() else 0


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Replaces each gradient by its mean over all processes; one that a process lacks counts as zero."""
    if world() == 1:
        return
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        dist.all_reduce(parameter.grad)
        parameter.grad /= world()


def agreed(value: bool, device: torch.device) -> bool:
    """What the first process decided: clocks differ, so each must not decide for itself."""
    if world() == 1:
        return value
    told = torch.tensor([float(value)], device=device)
    dist.broadcast(told, 0)
    return bool(told.item() > 0)
