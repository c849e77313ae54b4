"""Schemas: what they take, refuse and give back."""
