"""Adapters, part by part."""
