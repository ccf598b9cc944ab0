"""Serve one account on this machine."""

from __future__ import annotations

import argparse

import uvicorn

from tests.peers.twilio.account import Account
from tests.peers.twilio.app import create_app
from tests.peers.twilio_webhooks import ACCOUNT, TOKEN


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for Twilio's message API.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", action="append", help="the first one signs")
    parser.add_argument("--key", action="append", default=[], help="SID:SECRET of an API key")
    options = parser.parse_args()
    token, *others = options.token or [TOKEN]
    account = Account(options.account, token, tuple(others))
    account.keys |= dict([key.split(":", 1) for key in options.key])
    app = create_app(account)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="critical", ws="none")


if __name__ == "__main__":
    main()
