"""Prices of models, from the user's own file: without them no money is ever named.

::

    # config.toml; US dollars for a million tokens
    [prices.claude-sonnet-5-5]
    input = 3.0
    output = 15.0
    cache_read = 0.3
    cache_write = 3.75

What a cache costs is the price of input where it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_MILLION = 1_000_000
_KINDS = ("input", "output", "cache_read", "cache_write")
_LEAST = 0.0001


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of each kind."""

    input: float
    output: float
    cache_read: float
    cache_write: float

    @property
    def words(self) -> str:
        """As a list shows it: ``input 3, output 15, cache_read 0.3, cache_write 3.75``."""
        return ", ".join(f"{kind} {getattr(self, kind):g}" for kind in _KINDS)

    def of(self, given: int, answered: int, cache_read: int = 0, cache_write: int = 0) -> float:
        """US dollars for these tokens; ``given`` are those not of the cache.

        >>> round(Price(3.0, 15.0, 0.3, 3.75).of(1000, 200, 10_000), 6)
        0.009
        """
        return (
            given * self.input
            + answered * self.output
            + cache_read * self.cache_read
            + cache_write * self.cache_write
        ) / _MILLION


def money(dollars: float) -> str:
    """An amount with two significant figures at least; never nought where something was paid.

    >>> money(0.00934), money(1.5), money(0.00002), money(0.0)
    ('$0.0093', '$1.50', '<$0.0001', '')
    """
    if dollars <= 0:
        return ""
    if dollars < _LEAST:
        return f"<${_LEAST}"
    digits = 2 if dollars >= 0.1 else 3 if dollars >= 0.01 else 4
    return f"${dollars:,.{digits}f}"


def prices_of(table: Any) -> tuple[dict[str, Price], list[str]]:
    """Prices by model, and what is wrong with the rest.

    >>> prices_of({"m": {"input": 1, "output": 2}})
    ({'m': Price(input=1.0, output=2.0, cache_read=1.0, cache_write=1.0)}, [])
    >>> prices_of({"m": {"input": "dear"}})
    ({}, ['prices.m: input and output are numbers, US dollars for a million tokens'])
    """
    found: dict[str, Price] = {}
    wrong: list[str] = []
    if not isinstance(table, dict):
        return found, ["prices is no table; write [prices.MODEL]"]
    for model, given in table.items():
        price = _price(given) if isinstance(given, dict) else None
        if price is None:
            wrong.append(
                f"prices.{model}: input and output are numbers, US dollars for a million tokens"
            )
        else:
            found[str(model)] = price
    return found, wrong


def _price(given: Mapping[str, Any]) -> Price | None:
    if not {"input", "output"} <= set(given) <= set(_KINDS):
        return None
    numbers = [given[kind] for kind in given]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        return None
    if any(not 0 <= one < float("inf") for one in numbers):
        return None
    values = {kind: float(given.get(kind, given["input"])) for kind in _KINDS}
    return Price(**values)
