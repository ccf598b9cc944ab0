"""Learning from use: what is asked, what is not understood, and lines that editors make of it."""
