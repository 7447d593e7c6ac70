"""Tests of the evals find their samples beside them, and leave one event loop alone."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
