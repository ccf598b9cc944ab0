"""What to do about a code that `safar doctor` shows of a stick; docs/operators says the same."""

from __future__ import annotations

ADVICE = {
    "unplugged": "Plug it in, or correct SAFAR_MODEM_DEVICES.",
    "silent": "It hangs and is started again. If often: another stick, or a hub with a supply.",
    "timeout": "It hangs and is started again. If often: another stick, or a hub with a supply.",
    "died": "The modem process ended and is started again. If often: look at its model.",
    "no_imei": "It does not say who it is: try another of its ports.",
    "second_port": "Two paths lead to the same stick: name one in SAFAR_MODEM_DEVICES.",
    "gammu_missing": "Install Safar's extra: modem.",
    "pin_needed": "Switch the card's PIN off in a phone, or set SAFAR_MODEM_PIN.",
    "pin_refused": "SAFAR_MODEM_PIN is wrong, and is not tried again: correct it.",
    "puk_needed": "The card is locked: unlock it with its PUK in a phone.",
    "memory_full": "It is being emptied. If this stays, delete messages in a phone.",
    "unreadable_sms": "A message on the card cannot be read: look at it in a phone, delete it.",
    "emptysmsc": "Set SAFAR_MODEM_SMSC to the number of your network's message centre.",
    "no_modem": "No stick can send now: look at the lines about each of them.",
    "refuses_everybody": "The network refuses messages to everybody: look at the balance first.",
}


def advice(code: str) -> str | None:
    """Return what to do about a code, None where there is nothing special to say."""
    return ADVICE.get(code.partition(":")[0])
