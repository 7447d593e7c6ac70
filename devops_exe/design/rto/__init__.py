"""Recovery: how long a release, and how long data, take to come back."""
