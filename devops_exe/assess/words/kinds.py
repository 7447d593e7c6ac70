"""What kind of system the words describe, and who uses it: phrases that keep their words.

The phrases are looked up beside the grammar and take no words from it: ``queue-worker on
EKS`` is a system of that name and a queue worker.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.assess.words.reading import Reading

_KINDS: dict[str, tuple[str, ...]] = {
    "ml-serving": (
        (
            "(?:ml|model|llm|inference|prediction) (?:model )?"
            "(?:serving|server|inference|endpoint|gateway)"
        ),
        "(?:ml|model|inference|prediction) (?:api|service)",
        r"serv(?:es|ing) (?:(?:a|an|the|our) )?(?:\w{1,20} )?models?",
        "kserve|bentoml|torchserve|tf serving|triton inference|seldon core|vllm|ray serve",
    ),
    "queue-worker": (
        (
            "(?:queue|message|event|job|background|task|celery|sidekiq|kafka|sqs|rabbitmq|pubsub) "
            "(?:worker|consumer|processor)s?"
        ),
        "[a-z]{2,30}-(?:worker|consumer)",
        (
            "(?:e?mail|image|video|payment|order|notification|report|billing|invoice)s? "
            "(?:worker|consumer)"
        ),
        "consumes (?:messages|events|jobs)",
        "worker service|queue based",
    ),
    "batch": (
        "batch (?:jobs?|process(?:ing)?|pipelines?|import|export)",
        "cron(?: )?jobs?",
        "(?:nightly|daily|hourly|weekly|scheduled) (?:batch|jobs?|etl|import|export|reports?)",
        "etl(?: (?:jobs?|pipelines?))?",
    ),
    "http": ("(?:http|web|rest|graphql|grpc) (?:api|service|app|application)", "website|webshop"),
}
_AUDIENCES: dict[str, tuple[str, ...]] = {
    "internal": (
        "internal (?:only|tool|service|api|app|application|dashboard|system|users?)",
        "back(?: )?office|admin (?:tool|panel|dashboard)|intranet|for (?:our )?employees",
    ),
    "external": (
        "public (?:api|website|site)|(?:customer|user|client) facing",
        "external (?:api|users?)|storefront",
    ),
}
"""Value to its phrases; a blank stands for blanks, hyphens or underscores."""

_SIGNS: dict[str, tuple[str, ...]] = {
    "ml-serving": ("model", "ml", "llm", "inferen", "predict", "kserve", "bentoml", "torchserve",
                   "serving", "seldon"),
    "queue-worker": ("worker", "consum", "processor", "queue"),
    "batch": ("batch", "cron", "nightly", "daily", "hourly", "weekly", "schedul", "etl"),
    "http": ("http", "web", "rest", "graphql", "grpc"),
    "internal": ("internal", "office", "admin", "intranet", "employees"),
    "external": ("public", "facing", "external", "storefront"),
}  # fmt: skip
"""What a line holds, in lower case, that names the kind."""

_NOT = re.compile(r"(?:\b(?:no|not|without|kein|keine)\s{1,3}(?:an?\s)?|\d\s{0,3})\Z")


@lru_cache(maxsize=16)
def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        "(?<![a-z])(?:" + "|".join(phrases).replace(" ", r"[\s_-]{1,3}") + ")(?![a-z])",
        re.IGNORECASE,
    )


_TABLES = (("kind", _KINDS), ("audience", _AUDIENCES))


def find_kind(line: Reading) -> None:
    """Says ``kind`` and ``audience`` where a phrase names them; a number before counts workers."""
    lower = line.text.casefold()
    for field, rows in _TABLES:
        for value, phrases in rows.items():
            # most lines name no kind: compiling the phrases would cost more than reading them
            if not any(word in lower for word in _SIGNS[value]):
                continue
            pattern = _compiled(phrases)
            found = next(
                (
                    match
                    for match in pattern.finditer(line.text)
                    if not _NOT.search(
                        line.text[max(0, match.start() - 20) : match.start()].lower()
                    )
                ),
                None,
            )
            if found is not None:
                line.say(field, value, found.start(), found.end())
                break


_NAMED = r"(?:slas?|service[\s-]level[\s-]agreements?)"
_SMALL = "of|is|at|with|for|the|our|to|towards|them|external|customers?|clients?"
_BEFORE = rf"\b{_NAMED}\b[^\w%]{{0,4}}(?:(?:{_SMALL})\W{{1,3}}){{0,6}}\Z"
_PROMISED = rf"\b(?:promised?|guarante(?:ed?|es))\b\W{{1,3}}(?:(?:{_SMALL})\W{{1,3}}){{0,3}}\Z"
_BEHIND = (
    rf"\W{{0,3}}(?:(?:monthly|uptime|availability|is|as|the|our|in)\W{{1,3}}){{0,3}}{_NAMED}\b"
)


def is_agreement(text: str, start: int, end: int) -> bool:
    """Whether the percentage said at these offsets is an agreement's and no objective's."""
    before, own, behind = text[max(0, start - 40) : start], text[start:end], text[end : end + 40]
    if re.search(_PROMISED, before, re.IGNORECASE):
        return True
    near = (before + own + behind).casefold()
    if "sla" not in near and "agreement" not in near:
        return False
    if re.search(r"\bslos?\b|objective", own, re.IGNORECASE):
        return False
    return bool(
        re.search(r"\bslas?\b|agreement", own, re.IGNORECASE)
        or re.search(_BEFORE, before, re.IGNORECASE)
        or re.match(_BEHIND, behind, re.IGNORECASE)
    )
