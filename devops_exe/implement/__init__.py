"""Implement: real files that carry a dossier out, each proven by the field's own tools."""
