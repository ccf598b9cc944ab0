"""Checks across files, one subject a file; each takes the content and yields problems."""
