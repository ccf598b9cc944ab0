"""The variants that tests go through."""

from __future__ import annotations

from typing import Final

from safar.registry.variants import VARIANTS

SERVED: Final = VARIANTS
"""All of them."""

ONE_A_SCRIPT: Final = ("en", "ne", "bn", "ta", "si", "vi", "my", "km", "am", "ar", "ru")
"""One of each script, where what is tested depends on letters and lengths alone."""
