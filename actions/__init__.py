"""Custom actions of the assistant, one capability a file: look up, phrase, return."""
