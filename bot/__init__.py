"""The Rasa assistant: domain, rules, training data, its NLU components and its phrasing."""
