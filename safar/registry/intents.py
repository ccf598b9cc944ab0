"""The intents of Safar: what a message can want. Topics and options may name only these."""

from __future__ import annotations

from typing import Final

INTENTS: Final[tuple[str, ...]] = (
    # talk
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "menu",
    "change_language",
    "bot_challenge",
    "out_of_scope",
    "inform",
    # recruitment
    "ask_recruitment_fees",
    "check_agency",
    "check_offer",
    "ask_contract",
    "ask_departure_steps",
    "ask_skills_recognition",
    # at work
    "ask_passport_retention",
    "ask_wages",
    "ask_hours_rest",
    "ask_change_employer",
    "ask_health_safety",
    "ask_domestic_work",
    "ask_equal_treatment",
    "ask_unions",
    "ask_complaint",
    "ask_visa_status",
    # money
    "ask_money_transfer",
    "ask_social_security",
    # return
    "ask_return_home",
    # contacts
    "contact_embassy",
    "contact_hotline",
    # protection
    "report_abuse",
    "emergency",
    "missing_relative",
    "talk_to_person",
    "case_status",
    "delete_my_data",
)
"""In the order of the groups: talk, recruitment, work, money, return, contacts, protection."""
