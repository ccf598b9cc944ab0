"""Answers: a question, a corridor and the registry's facts become a reply, with its sources."""
