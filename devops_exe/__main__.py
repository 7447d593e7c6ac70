"""``python -m devops_exe``: the executable by another name."""

import sys

from devops_exe.cli import main

sys.exit(main())
