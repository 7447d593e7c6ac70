"""Numbers in prose: where they stand, what they measure, and which are only names.

A name that holds a number (a version, a port, an HTTP code, ``p99``) is no figure; the
patterns of such names are data here. What remains is a figure that somebody must have
computed or stated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Dimension = Literal["time", "percent", "rate", "memory", "cpu", "money", "count"]

UNITS: Mapping[str, tuple[Dimension, float]] = {
    "ms": ("time", 0.001),
    "milliseconds": ("time", 0.001),
    "s": ("time", 1.0),
    "sec": ("time", 1.0),
    "second": ("time", 1.0),
    "seconds": ("time", 1.0),
    "min": ("time", 60.0),
    "mins": ("time", 60.0),
    "minute": ("time", 60.0),
    "minutes": ("time", 60.0),
    "h": ("time", 3600.0),
    "hour": ("time", 3600.0),
    "hours": ("time", 3600.0),
    "d": ("time", 86400.0),
    "day": ("time", 86400.0),
    "days": ("time", 86400.0),
    "week": ("time", 604800.0),
    "weeks": ("time", 604800.0),
    "%": ("percent", 1.0),
    "percent": ("percent", 1.0),
    "rps": ("rate", 1.0),
    "qps": ("rate", 1.0),
    "req/s": ("rate", 1.0),
    "rpm": ("rate", 1 / 60),
    "mib": ("memory", 1.0),
    "mb": ("memory", 1.0),
    "gib": ("memory", 1024.0),
    "gb": ("memory", 1024.0),
    "tib": ("memory", 1048576.0),
    "m": ("cpu", 1.0),
    "vcpu": ("cpu", 1000.0),
    "cores": ("cpu", 1000.0),
}
"""Unit words to dimension and factor (seconds, percent, requests a second, MiB, millicores)."""

_NAMES = (
    r"\bp\d{1,2}(?:\.\d+)?\b",  # percentiles
    r"\b[1-5]xx\b",
    r"\b(?:HTTP|status|code)s?(?:/\d(?:\.\d)?)?\s+[1-5]\d\d\b",
    r"\bHTTP/\d(?:\.\d)?\b",
    r"\bv\d[\w.+-]*",  # versions
    r"\b\d+\.\d+\.\d+[\w.+-]*",
    r"\bv?\d+(?:\.\d+){1,3}(?:-[\w.]+)\b",
    (
        r"\b(?:TLS|SSL|RFC|ISO|IEC|NIST|SOC|PCI|SEV|CVE|JIRA|ADR|Python|Node(?:\.js)?|Java|Go|PHP|Ruby|"
        r"PostgreSQL|Postgres|MySQL|MariaDB|Redis|Kubernetes|k8s|Debian|Ubuntu|Alpine|Tier|Phase|Step|"
        r"stage|step|wave|phase|ch\.|chapter|Table|section)[\s-]*v?\d[\w.:-]*"
    ),
    r"\b\d+(?:st|nd|rd|th)\b",
    r"\b\d+-(?:second|minute|hour|day|week|month|year|step|node|zone|region|way|factor|tier|digit)s?\b",
    r"\b(?:ports?)\s+\d{1,5}\b",
    r":\d{2,5}\b(?!\s*%)",
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b",  # addresses and CIDRs
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?\b",
    r"\b\d{1,2}:\d{2}(?::\d{2})?\b",
    r"\b24/7\b|\b24x7\b|\bN\+1\b|\b0-day\b",
    r"\bsha256:[0-9a-f]+|\b[0-9a-f]{7,64}\b(?=.*[a-f])",
)
"""Names that hold numbers and are no figures."""

_NUMBER = re.compile(
    r"(?<![\w.,/-])(?P<money>[$€£]\s?)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<suffix>[kKM](?![A-Za-z]))?"
    r"(?:\s?(?P<unit>%|req/s|[A-Za-z]+))?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        text: as it stands.
        value: in the base unit of its dimension (seconds, percent, requests a second, MiB,
            millicores; money and counts as they are).
        half: half a unit of its last printed digit, in the same base.
        dimension: what it measures; ``count`` where no unit says.
    """

    text: str
    value: float
    half: float
    dimension: Dimension


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _NAMES))


def quantities(text: str) -> Iterator[Quantity]:
    """The figures of a text, names left out, in their order.

    >>> [(q.text, q.value, q.dimension) for q in quantities("p99 of 250 ms at 1,200 rps, v1.2")]
    [('250 ms', 0.25, 'time'), ('1,200 rps', 1200.0, 'rate')]
    """
    if not any(character.isdigit() for character in text):
        return
    bare = _names().sub(lambda match: " " * len(match[0]), text)
    for match in _NUMBER.finditer(bare):
        digits = match["number"].replace(",", "")
        scale = {"k": 1e3, "K": 1e3, "M": 1e6}.get(match["suffix"] or "", 1.0)
        dimension, factor = UNITS.get((match["unit"] or "").lower(), ("count", 1.0))
        shown = match[0].strip()
        if dimension == "count":
            shown = (match["money"] or "") + match["number"] + (match["suffix"] or "")
            dimension = "money" if match["money"] else "count"
        decimals = len(digits.partition(".")[2])
        yield Quantity(
            shown.strip(),
            float(digits) * scale * factor,
            0.5 * 10.0**-decimals * scale * factor,
            dimension,
        )
