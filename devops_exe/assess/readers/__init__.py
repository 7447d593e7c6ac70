"""Readers: one file's text in, plain values with line numbers out; none of them does I/O."""
