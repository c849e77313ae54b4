"""The demo: a schematic city and a story told in it, through the use cases of the registry."""
