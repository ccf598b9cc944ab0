"""The worker: Rasa in this process, inbox rows in, outbox rows out."""
