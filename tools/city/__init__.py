"""Draws the schematic city of the fixtures: `python -m tools.city` writes its GeoJSON files.

Nothing is traced: rings and radials are curves of our own through a few well-known places.
"""
