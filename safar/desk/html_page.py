"""Pages that stand alone: nothing is fetched, they are read on a telephone as on a screen."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def page(package: str, template: str, **values: object) -> str:
    """Return a page; every value is escaped.

    Args:
        package: whose folder `pages` holds the template.
        template: name of a file there; it extends `base.html` of this room.
        values: what it shows.
    """
    loaders = [PackageLoader(each, "pages") for each in (package, "safar.desk")]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)
