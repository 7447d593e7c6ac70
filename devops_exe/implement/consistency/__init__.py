"""Consistency: all files of a tree held against one another, which no single validator does."""
