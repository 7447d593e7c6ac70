"""Ground: errors, settings, places, redaction, text and time; every room stands on it."""
