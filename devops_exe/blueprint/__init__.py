"""Blueprint: the document that gathers the answers."""
