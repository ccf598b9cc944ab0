"""Cases leave the house: one on paper, many in a table. What may leave is decided here."""
