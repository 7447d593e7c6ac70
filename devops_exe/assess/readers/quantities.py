"""Quantities as Kubernetes writes them: CPU, memory, pods or a percentage of them."""

from __future__ import annotations

import re


def int_or_percent(text: str | None) -> int | str | None:
    """A number of pods, or ``"N%"`` of them up to 100 %, as the API writes it; else None."""
    found = re.fullmatch(r"([0-9]{1,6})(%?)", text or "")
    if found is None or (found[2] and int(found[1]) > 100):
        return None
    return f"{int(found[1])}%" if found[2] else int(found[1])


def sensible_share(percent: int | None) -> float | None:
    """A utilisation as a share; above 100 % of the request it says nothing of a worker's load."""
    return percent / 100 if percent is not None and 0 < percent < 100 else None


def millicores(text: str | None) -> int | None:
    """``250m`` or ``0.5`` CPU as whole millicores."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(m?)", text or "")
    if found is None:
        return None
    return round(float(found[1]) * (1 if found[2] else 1000)) or None


_UNITS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "T": 1000**4}
_UNITS |= {"Ki": 1024, "Mi": 1024**2, "Gi": 1024**3, "Ti": 1024**4}


def mebibytes(text: str | None) -> int | None:
    """A Kubernetes quantity of memory as whole MiB, rounded."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?)([kMGT]?|[KMGT]i)", text or "")
    if found is None:
        return None
    return round(float(found[1]) * _UNITS[found[2]] / 1024**2) or None
