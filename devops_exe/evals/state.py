"""What a run has behind it: a line an outcome, so that an interrupted run goes on.

The file's name is a digest of all that the outcomes rest on (cases, trees, engine, prompts,
the package's own sources), so a run never goes on with outcomes of another product.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from devops_exe.evals.trial import Outcome, Trial
from devops_exe.ground.locations import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def run_key(parts: Iterable[str]) -> str:
    """Name of a run."""
    digest = hashlib.sha256()
    for part in (*parts, _sources()):
        digest.update(f"{part}\0".encode())
    return digest.hexdigest()[:20]


def _sources() -> str:
    """Digest of the package and its prompts."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    kinds = (".py", ".toml", ".md", ".yaml")
    places = (package, package.parent / "prompts", package.parent / "evals" / "recordings")
    for place in places:
        for path in sorted(place.rglob("*")):
            if path.suffix in (*kinds, ".json") and path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


class State:
    """Outcomes so far, on disk.

    Attributes:
        done: outcomes that stand from before.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path
        if fresh:
            path.unlink(missing_ok=True)
        self.done: Mapping[Trial, Outcome] = _read(path)
        self._file: TextIO | None = None

    @classmethod
    def of(cls, key: str, *, fresh: bool) -> State:
        """The state of a run in the cache folder."""
        return cls(cache_dir() / "evals" / f"{key}.jsonl", fresh=fresh)

    def keep(self, outcome: Outcome) -> None:
        """Write an outcome; it is on disk when this returns. Without a disk the run goes on."""
        with suppress(OSError):
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("a", encoding="utf-8")
            self._file.write(json.dumps(outcome.as_json()) + "\n")
            self._file.flush()

    def close(self, *, finished: bool) -> None:
        """Let go of the file; a finished run leaves none."""
        if self._file is not None:
            self._file.close()
        if finished:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


def _read(path: Path) -> dict[Trial, Outcome]:
    """Outcomes of a file; a last line that was cut off is left out, as what is none."""
    done: dict[Trial, Outcome] = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return done
    for line in lines[:-1]:
        with suppress(ValueError, KeyError, TypeError):
            outcome = Outcome.from_json(json.loads(line))
            done[outcome.trial] = outcome
    return done
