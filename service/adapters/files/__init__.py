"""Readers and writers of files: rule packs, generated documents, imports and exports."""
