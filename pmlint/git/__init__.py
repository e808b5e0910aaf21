"""Git, asked safely. The only package that runs git; its own text says how
(`pmlint.git.process`).
"""

from pmlint.git.refs import Unjudged
from pmlint.git.repository import Merge, Repository
from pmlint.git.tree import GitTree

__all__ = ["GitTree", "Merge", "Repository", "Unjudged"]
