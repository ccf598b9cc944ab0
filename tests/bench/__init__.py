"""Measures the message path against stock Rasa, in one run: `python -m tests.bench`."""
