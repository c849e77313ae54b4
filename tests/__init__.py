"""The tests; fast ones per layer, one contract suite on both stores, a few on the real process."""
