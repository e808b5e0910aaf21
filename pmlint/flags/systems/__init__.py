"""The flag systems that `pmlint flags` writes for, one module each.

They are registered here by hand, and a test holds that each module is.
"""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.flags.systems import flagd, goff, unleash
from pmlint.flags.systems.interface import FlagSystem

SYSTEMS: Mapping[str, FlagSystem] = {
    "flagd": flagd.SYSTEM,
    "unleash": unleash.SYSTEM,
    "goff": goff.SYSTEM,
}
