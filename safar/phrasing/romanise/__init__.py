"""Texts of Indic scripts in Latin letters, as people of today text them (decision 0018)."""
