"""Assess: the facts, from what the words and the files say."""
