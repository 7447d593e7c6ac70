KIND = "python"
PATH = "telemetry.py"
GOOD = """\
import logging
import os


def level() -> int:
    try:
        return int(os.environ.get("LEVEL", "20"))
    except ValueError:
        return logging.INFO
"""
ERRORS = {
    "no Python": ("def level() -> int:", "def level() -> int", "python-compiles"),
    "an odd indent": ("import os\n", " import os\n", "python-compiles"),
    "an error that is hidden": ("except ValueError:", "except:", "python-compiles"),
    "text that is carried out": ("return int(", "return eval(", "python-compiles"),
    "a return outside": ("import os\n", "import os\n\nreturn\n", "python-compiles"),
    "a bracket that never closes": ('"20"))', '"20")', "python-compiles"),
}
