"""DEVOPS.EXE: a terminal agent whose deployment blueprints are computed, not guessed."""

__version__ = "0.1.0"
