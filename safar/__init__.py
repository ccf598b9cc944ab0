"""Safar: answers for people who work abroad, by SMS, WhatsApp and offline."""

__version__ = "0.1.0"
