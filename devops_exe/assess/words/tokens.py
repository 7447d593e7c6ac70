"""Cut a line into tokens: words, numbers, signs, and whole things that hold numbers.

Dates, ticket ids, addresses, paths and versions are cut whole, so that no number inside
them is ever read as a requirement. Every quantifier of the pattern is anchored on its own
class of characters: the cut is linear in the length of the line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of the line.

    Attributes:
        kind: word, number, version, region, path, opaque, sign or newline.
        text: as the user wrote it.
        start: offset in the line.
        glued: no blank stands before it.
        value: the number it writes, where it is one.
    """

    kind: str
    text: str
    start: int
    glued: bool
    value: float = 0.0

    @property
    def end(self) -> int:
        """Offset just behind the token."""
        return self.start + len(self.text)


_PATTERN = r"""
 (?P<opaque>
    0[xX][0-9a-fA-F]{1,16}(?!\w)
  | https?://\S+
  | [\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,4}\.[A-Za-z]{2,24}\b
  | \d{4}-\d\d-\d\d(?:T[\d:.Z+-]*)?
  | \d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\d)
  | \d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)
  | \d{1,3}(?:\.\d{1,3}){3}(?:[/:]\d+)?(?![.\w])
  | \d{1,2}:\d\d(?::\d\d)?(?![\w:])(?:\s?(?:UTC|GMT|CET|am|pm|AM|PM)\b)?
  | \d{1,2}\s?[ap]m\b
  | 24[/x]7
  | [1-5]xx\b
  | -?X(?:mx|ms|ss)\d+[kmgKMG]?\b
  | [nN]\+\d\b
  | (?:HTTP|http)/\d(?:\.\d)?(?![\w.])
  | 2FA\b
  | [A-Z][A-Z0-9]{1,9}-\d{1,6}(?![\w.%-])
  | \#\d+
  | (?:sha256|sha1|md5):[0-9a-f]+
  | (?:(?:db|cache|ml)\.)?[a-z]{1,3}\d[a-z-]{0,4}\.(?:nano|micro|small|medium|large|\d*xlarge
      |metal)(?!\w)
  | [a-z]\d[a-z]?-(?:standard|highmem|highcpu|micro|small|medium|ultramem)(?:-\d+)?(?!\w)
  | Standard_\w+
 )
 | (?P<region>
    (?:us|eu|ap|sa|ca|me|af|il|cn)-(?:gov-)?(?:north|south|east|west|central|northeast|southeast
      |northwest|southwest)-\d[a-z]?(?!\w)
  | (?:europe|us|asia|australia|southamerica|northamerica|me|africa)-(?:north|south|east|west
      |central|northeast|southeast|northwest|southwest)\d(?:-[a-f])?(?![\w-])
 )
 | (?P<path>(?<![\w.%$€£])(?:\.{0,2}|~)/[A-Za-z_.][\w.-]*(?:/[\w.-]*)*)
 | (?P<version>
    [vV]\d+(?:\.\d+)*(?:[-+.][\w.-]*\w)?(?!\w)
  | (?!\d{1,3}(?:\.000)+(?!\d))\d+\.\d+\.\d+(?:[-+][\w.-]*\w)?(?![\w%]|[.,]\d)
  | (?=(?:\d*[a-f]){2})(?=[a-f]*\d)[0-9a-f]{7,40}(?!\w)
 )
 | (?P<ordinal>\d+(?:st|nd|rd|th|['’]s)\b|(?:[Mm]in|[Mm]ax|[Mm]io|ca|approx|avg|vs)\.(?=\s*\w))
 | (?P<number>
    (?:
      (?P<power>\d{1,3}\^\d{1,2}(?![\d^]))
    | (?P<vulgar>\d{0,9}[½¼¾])
    | (?P<eu>\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}(?!\d))
    | (?P<en>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?)
    | (?P<thin>\d{1,3}(?:['’_\u00a0\u202f\u2009]\d{3})+(?!\d))
    | (?P<plain>\d+(?:[.,]\d+(?![.,]?\d))?
        (?:[eE][+-]?\d{1,3}(?:(?![\w.])|(?=(?:k?[rqt]ps|m?s)\b)))?|\.\d+)
    )
    (?P<suffix>[^\W\d_]+[+#]*)?
 )
 | (?P<word>
    (?i:rto|rpo|slo|sla)(?=\d)
  | [x×](?=\d{1,4}\b)(?!x(?:86|64))(?<![\w.-]x)
  | (?:\.(?=(?:NET|Net|net)\b))?[^\W\d_]\w*(?:[.'’][^\W_]\w*)*(?:\+\+|\#(?!\w))?
 )
 | (?P<newline>\n)
 | (?P<blank>[^\S\n]+)
 | (?P<sign><=|>=|=>|->|→|\.\.\.?|…|[^\s])
"""


@lru_cache(maxsize=1)
def _scanner() -> re.Pattern[str]:
    return re.compile(_PATTERN, re.VERBOSE)


def tokenise(text: str) -> list[Token]:
    """The tokens of ``text``, in order; nothing but blanks is left out.

    >>> [(t.kind, t.text, t.value) for t in tokenise("1.2k req/s")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('number', '1.2', 1.2), ('word', 'k', 0.0), ('word', 'req', 0.0), ('sign', '/', 0.0),
     ('word', 's', 0.0)]
    """
    found: list[Token] = []
    glued = False
    for match in _scanner().finditer(text):
        kind = match.lastgroup or "sign"
        if match["blank"] is not None:
            glued = False
            continue
        if match["number"] is not None:
            found.extend(_number(match, glued=glued))
        else:
            kind = next(name for name in _KINDS if match[name] is not None)
            kind = "word" if kind == "ordinal" else kind
            found.append(Token(kind, match[0], match.start(), glued))
        glued = True
    return found


_KINDS = ("opaque", "region", "path", "version", "ordinal", "word", "newline", "sign")


def _number(match: re.Match[str], *, glued: bool) -> list[Token]:
    suffix = match["suffix"] or ""
    written = match[0][: len(match[0]) - len(suffix)]
    tokens = [Token("number", written, match.start(), glued, _value(match))]
    if suffix:
        tokens.append(Token("word", suffix, match.start("suffix"), glued=True))
    return tokens


_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_MOST = 1e15
"""What larger numbers are read as: no quantity of a system comes near, and none overflows."""


def _value(match: re.Match[str]) -> float:
    return min(_written(match), _MOST)


def _written(match: re.Match[str]) -> float:
    if match["power"] is not None:
        base, _, exponent = match["power"].partition("^")
        return float(base) ** int(exponent)
    if match["vulgar"] is not None:
        return float(match["vulgar"][:-1] or 0) + _VULGAR[match["vulgar"][-1]]
    if match["eu"] is not None:
        return float(match["eu"].replace(".", "").replace(",", "."))
    if match["en"] is not None:
        return float(match["en"].replace(",", ""))
    if match["thin"] is not None:
        return float(re.sub(r"\D", "", match["thin"]))
    return float(match["plain"].replace(",", "."))
