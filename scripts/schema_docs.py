"""Write docs/schemas/assess.schema.json from the schema that the package publishes.

python scripts/schema_docs.py            # writes the page
python scripts/schema_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import json
import sys

from pages import ROOT, write_or_check

from devops_exe.assess.answer_schema import answer_schema

PAGE = ROOT / "docs" / "schemas" / "assess.schema.json"


def page() -> str:
    """The whole page."""
    return json.dumps(answer_schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
