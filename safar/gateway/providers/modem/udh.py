"""Moved to `safar.gateway.sms.udh`; stands here until nobody asks for it in this folder."""

from safar.gateway.sms.udh import *  # noqa: F403
