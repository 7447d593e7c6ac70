"""The Claude engine: the only rooms that speak to a Messages API.

``anthropic`` takes two seconds to import, so nothing here imports it at module level;
``loader`` does it in a thread.
"""
