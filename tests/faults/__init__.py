"""Faults: servers killed, disks filled, all of it through real processes."""
