"""Schemas of what goes in and out, `to_domain` and `from_domain` beside them; no HTTP, no SQL."""
