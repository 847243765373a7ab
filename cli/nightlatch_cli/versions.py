"""Which versions of what are in use. Reads what installers wrote down, imports none of it."""

from importlib.metadata import PackageNotFoundError, version


def version_of(package: str) -> str:
    """The version of an installed package, or that it is not installed (nightlatch itself runs from a checkout too)."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
