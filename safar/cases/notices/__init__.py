"""Tells staff that something waits: by e-mail, by SMS and by webhook; never what a person wrote."""
