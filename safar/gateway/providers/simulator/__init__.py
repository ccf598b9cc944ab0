"""The simulator: a phone in the browser, for trying Safar with no account and no internet."""
