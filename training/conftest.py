"""Flower stands in an environment of its own: without it the module that needs it has no doctests to offer."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("flwr") else ["edgeshelf_training/federated_flower.py"]
