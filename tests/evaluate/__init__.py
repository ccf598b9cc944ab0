"""How well messages are understood, by variant and intent: `make evaluate`."""
