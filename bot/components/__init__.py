"""NLU graph components of the assistant, in the order of config.yml."""
