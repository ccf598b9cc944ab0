"""One folder or module a provider; `base` says what each must offer."""
