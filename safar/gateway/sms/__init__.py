"""What SMS is, whoever carries it: numbers, headers of parts, and which parts make a message.

Shared by the providers that speak with a network themselves. Nothing here knows one of them.
"""
