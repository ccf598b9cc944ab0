"""The registry: content files checked, built into SQLite, and asked typed questions."""
