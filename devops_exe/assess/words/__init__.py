"""Words: from a line of plain language to facts; the grammar is the tables of this room.

``tokens`` cuts the line, ``lexicon`` and ``products`` say what words mean, ``quantities``
joins numbers with their units, ``grammar`` is the table of phrases, ``matching`` finds them,
``effects`` turns what was found into facts.
"""
