"""Runs to the evidence of a postmortem: five files, and the front matter that goes with them."""

from pmlint.runs.pack.files import PACK_KINDS, PackFile, pack_files
from pmlint.runs.pack.gather import Gathered, PackQuestion, gather
from pmlint.runs.pack.proposal import proposal

__all__ = [
    "PACK_KINDS",
    "Gathered",
    "PackFile",
    "PackQuestion",
    "gather",
    "pack_files",
    "proposal",
]
