"""A long run: very many messages of very many people through the real processes.

``python -m tests.soak`` says in the end whether anything was lost, doubled or reordered, whether
memory stayed flat, whether the queues ran empty, and how long the webhook took to answer.
"""
