"""What a person or a vehicle can do, one function each; storage comes in through ports.py."""
