"""Terminal: who talks to the person."""
