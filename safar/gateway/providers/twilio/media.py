"""Where the pictures and recordings of a Twilio account may be fetched from."""

from __future__ import annotations

import regex

from safar.gateway.media import MediaRules


def rules_of(account_sid: str) -> MediaRules:
    """Return the rules for the media of one account."""
    sid = regex.escape(account_sid)
    return MediaRules(
        address=rf"https://api\.twilio\.com/2010-04-01/Accounts/{sid}/Messages/"
        r"(?:MM|SM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}",
        redirect_hosts=frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"}),
    )
