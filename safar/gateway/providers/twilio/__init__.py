"""Twilio: SMS and WhatsApp, inbound webhooks, sending, status callbacks."""
