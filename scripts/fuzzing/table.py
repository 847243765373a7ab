"""All targets by name. A family is loaded when one of its targets is wanted: the coverage-guided engine instruments
what it imports, and that takes a while."""

from importlib import import_module

from scripts.fuzzing.target import Target, Targets

FAMILIES = (
    "cookies",
    "tokens",
    "providers",
    "policies",
    "options",
    "paths",
    "headers",
    "forms",
    "captures",
    "flows",
    "importers",
    "ledgers",
    "site",
    "control",
    "commands",
)


def family(name: str) -> Targets:
    """The targets of one family, by what comes after the dot in their names."""
    found: Targets = import_module(f"scripts.fuzzing.targets.{name}").TARGETS
    return found


def target(name: str) -> Target:
    """The target `FAMILY.NAME`.

    Raises:
        KeyError: there is none.
    """
    group, _, own = name.partition(".")
    if group not in FAMILIES:
        raise KeyError(name)
    return family(group)[own]


def names() -> list[str]:
    """The names of all targets."""
    return [f"{group}.{own}" for group in FAMILIES for own in family(group)]
