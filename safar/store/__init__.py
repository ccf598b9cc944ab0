"""The operational store: tables, migrations and encryption of personal fields."""
