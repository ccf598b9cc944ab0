"""The editor's desk: what keeps the content true, short, translated and published by two people."""
