"""Everything is broken on purpose, and what comes of it is counted: ``python -m tests.faults``.

Each row starts the real processes (`safar run`, a stand-in for Twilio, or a dispatcher on a dummy
telephone), lets people write through the provider's own webhooks or SIM card, breaks one thing
while they write, and counts in the end what the provider took:

    in            messages that people wrote
    lost          messages that nobody answered
    doubled       answers that were taken more than once
    out of order  answers that left before the answer to something that had come in earlier

All processes of a row tell the time by a clock that the row can move (libfaketime), so that an
hour without a network lasts half a minute; time limits of the network stay as they are.
"""
