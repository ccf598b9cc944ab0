"""The way in and out: webhooks, the durable queues, and the providers of SMS and WhatsApp."""
