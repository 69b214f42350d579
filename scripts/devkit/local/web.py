"""The libraries of the page at /: MapLibre GL, uPlot and the countries of Natural Earth, from npm."""

from pathlib import Path

from . import npm
from .paths import ROOT

_SOURCES = ROOT / "app" / "web"


def libraries() -> Path:
    """Install them where they are missing, and Node.js from PyPI where that is; their folder.

    Raises npm.UnavailableError where they cannot be had: the page then works without a map and curves.
    """
    npm.provide_node()
    return npm.installed("web", _SOURCES) / "node_modules"
