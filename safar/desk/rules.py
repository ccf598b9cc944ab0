"""content/checks.yaml: what the desk's checks go by, for editors to change."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from safar.desk.errors import DeskError
from safar.messaging.render import SmsBudget

FILE = "checks.yaml"


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reading(_Rule):
    """School years that a sentence may ask: noted above one, warned of above the other."""

    note: float = 8
    warn: float = 10
    least_words: int = Field(default=10, ge=1)


class Price(_Rule):
    """What one segment to a country costs."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    amount: Decimal = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Rules(_Rule):
    """All of them; each has a default, so that the file may lack it."""

    corridors: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z]{2}$")], ...] = ()
    budget: SmsBudget = SmsBudget()
    reading: Reading = Reading()
    numbers: tuple[str, ...] = ()
    prices: tuple[Price, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Return the corridors as origin and destination."""
        return [(each[:2], each[3:]) for each in self.corridors]

    def price(self, country: str | None) -> Price | None:
        """Return what a segment to a country costs, if the file says it."""
        return next((each for each in self.prices if each.country == country), None)


def load_rules(content_dir: Path) -> Rules:
    """Read checks.yaml; without the file the defaults hold.

    Raises:
        DeskError: it cannot be read, or says something that is no rule.
    """
    path = content_dir / FILE
    if not path.exists():
        return Rules()
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DeskError(f"{path} cannot be read ({error}); mend it.") from error
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise DeskError(f"{path}: {said}; mend these lines.") from error
