"""Moved to `safar.gateway.sms.joining`; stands here until nobody asks for it in this folder."""

from safar.gateway.sms.joining import *  # noqa: F403
