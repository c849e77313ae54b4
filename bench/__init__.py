"""Benchmarks beside their baselines; `python -m bench` runs them and writes results.md."""
