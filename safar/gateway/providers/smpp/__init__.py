"""A connection to a carrier's or an aggregator's message centre (SMPP 3.4) as a provider.

The carrier's computer is called SMSC in the standard and here. smpplib makes and reads the PDUs
that are ours to send and that answer us; the connection and what strangers write are read here.
"""
