"""Answers of the session's own commands, one module a group."""
