"""Meta's WhatsApp Cloud API: WhatsApp without a provider in between."""
