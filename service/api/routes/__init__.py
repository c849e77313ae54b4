"""One module per resource; a body reads, opens a transaction, calls a use case, shows it."""
