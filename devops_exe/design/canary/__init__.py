"""Canary: how many requests a step needs, how long it bakes, and what its figures prove."""
