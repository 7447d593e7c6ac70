"""Whether the newest schema change can be rolled back: destructive statements in it.

Dropping or renaming a table or column breaks the release before it; so does adding a
column that must be filled without a default. Comments are left out.
"""

from __future__ import annotations

import re

from devops_exe.assess.readers.lines import numbered

_DESTRUCTIVE = re.compile(
    r"\bDROP\s{1,4}(?:TABLE|COLUMN)\b|\bALTER\s{1,4}TABLE\b.{0,200}\bDROP\s{1,4}(?!CONSTRAINT|DEFAULT|NOT|INDEX|KEY|FOREIGN)"
    r"|\bRENAME\s{1,4}(?:TO|COLUMN|TABLE)\b|\bRENAME\s{1,4}[\w\"`]{1,60}\s{1,4}TO\b"
    r"|\b(?:remove_column|drop_table|rename_column|rename_table|dropColumn|dropIfExists|renameColumn)\b"
    r"|^\s{0,12}(?:drop(?:_if_exists)?\s{1,4}table|remove\s{1,4}:\w{1,60}|rename\s{1,4}table)\b"
    r"|\bmigrations\.(?:RemoveField|DeleteModel|RenameField|RenameModel)\b"
    r"|\bop\.(?:drop_column|drop_table|rename_table)\b|new_column_name\s?=",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\bALTER\s{1,4}(?:INDEX|SEQUENCE)\b|\bRENAME\s{1,4}CONSTRAINT\b", re.IGNORECASE
)
_UNDONE = re.compile(
    r"^\s*(?:def\s+(?:downgrade|down)\b|public\s+function\s+down\b|--\s*\+?\s*(?:goose\s+)?Down\b"
    r"|--\s*migrate:down|exports\.down\b|(?:export\s+)?(?:async\s+)?function\s+down\b)",
    re.IGNORECASE,
)
_DONE = re.compile(r"^\s*(?:def\s+(?:upgrade|up|change)\b|public\s+function\s+up\b)", re.IGNORECASE)

_PLACE = re.compile(
    r"(?:^|/)(?:migrations?|migrate|versions)/(?:[^/]+/){0,2}[^/]*\.(?:sql|py|rb|php|ts|js|exs)\Z"
)
_NUMBER = re.compile(r"\A[vV]?_?(\d[\d_.]*)")
_NOT_UP = re.compile(r"(?:^|/)(?:__init__\.py|down\.sql|U\d[^/]*)\Z|\.down\.sql\Z|\.test\.")


def is_migration(path: str) -> bool:
    """Whether a path is a numbered schema change (its file or its folder carries a number)."""
    if not _PLACE.search(path) or _NOT_UP.search(path):
        return False
    return bool(order(path))


def order(path: str) -> tuple[str, ...]:
    """A key under which later changes come later; empty where the path carries no number."""
    name, folder = path.rpartition("/")[2], path.rpartition("/")[0].rpartition("/")[2]
    for part in (folder, name):
        found = _NUMBER.match(part)
        if found:
            digits = re.sub(r"\D", " ", found[1]).split()
            return tuple(number.zfill(20) for number in digits)
    alembic = re.match(r"\A[0-9a-f]{12}_", name)
    return (name,) if alembic else ()


def destructive_line(text: str) -> int | None:
    """The first line of the forward part that destroys or renames, or None."""
    undone = False
    for number, line in numbered(text):
        if _UNDONE.match(line):
            undone = True
        elif _DONE.match(line):
            undone = False
        bare = line.split("--", 1)[0]
        if bare.lstrip().startswith(("#", "//", "*")):
            continue
        if not undone and _DESTRUCTIVE.search(bare) and not _HARMLESS.search(bare):
            return number
    return None
