"""Stands here so that tests in the folders below import what lies beside it."""
