"""The commands of `testzone`, composition roots all; service/cli.py puts them together."""
