"""Edgeshelf's GPU job: reads a shop's log, trains, evaluates, and writes a release that the edge can load."""

__version__ = "0.1.0"
