"""Moved to `safar.gateway.sms.numbers`; stands here until nobody asks for it in this folder."""

from safar.gateway.sms.numbers import *  # noqa: F403
