"""Scripted runs over the product that say whether it got better."""
