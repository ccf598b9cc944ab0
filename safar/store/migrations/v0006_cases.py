"""Cases: desks, staff, what was said and done in a case, notices to staff, the audit chain."""

from __future__ import annotations

from collections.abc import Sequence

from safar.store.dialect import Words


def statements(words: Words) -> Sequence[str]:
    """Return the statements in order; ``words`` spells what differs between databases."""
    return (*_people(words), *_cases(words), *_what_was_done(words))


def _people(words: Words) -> Sequence[str]:
    strict = words.strict
    return (
        f"""CREATE TABLE desks (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('mission', 'ngo', 'default')),
            next_desk_id TEXT,
            details TEXT NOT NULL,
            notices_encrypted TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            retired_at TEXT
        ){strict}""",
        f"""CREATE TABLE staff (
            id TEXT PRIMARY KEY NOT NULL,
            name_encrypted TEXT NOT NULL,
            desk_id TEXT NOT NULL REFERENCES desks (id),
            role TEXT NOT NULL
                CHECK (role IN ('officer', 'supervisor', 'editor', 'auditor', 'admin')),
            created_at TEXT NOT NULL,
            disabled_at TEXT
        ){strict}""",
        "CREATE INDEX staff_desk ON staff (desk_id)",
    )


def _cases(words: Words) -> Sequence[str]:
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        f"""CREATE TABLE cases (
            id {row_id},
            reference TEXT NOT NULL UNIQUE,
            contact_id TEXT NOT NULL REFERENCES contacts (id),
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            for_other {number} NOT NULL DEFAULT 0 CHECK (for_other IN (0, 1)),
            about_encrypted TEXT,
            origin TEXT,
            destination TEXT,
            city TEXT,
            kind TEXT NOT NULL,
            variant TEXT,
            risk TEXT NOT NULL CHECK (risk IN ('red', 'amber', 'green')),
            state TEXT NOT NULL CHECK (state IN ('offered', 'declined', 'open', 'acknowledged',
                'with_person', 'handed_back', 'closed', 'reopened', 'withdrawn')),
            desk_id TEXT NOT NULL REFERENCES desks (id),
            assignee_id TEXT REFERENCES staff (id),
            consent_terms TEXT,
            consented_at TEXT,
            withdrawn_at TEXT,
            outcome TEXT,
            level {number} NOT NULL DEFAULT 0,
            due_at TEXT,
            detached_at TEXT,
            erased_at TEXT,
            offered_at TEXT NOT NULL,
            opened_at TEXT,
            acknowledged_at TEXT,
            first_reply_at TEXT,
            closed_at TEXT,
            reopened_at TEXT,
            updated_at TEXT NOT NULL
        ){strict}""",
        # Whatever the program does: a conversation has one case at a time.
        "CREATE UNIQUE INDEX cases_one_open ON cases (conversation_id)"
        " WHERE detached_at IS NULL AND state NOT IN ('closed', 'declined', 'withdrawn')",
        "CREATE INDEX cases_conversation ON cases (conversation_id, id)",
        "CREATE INDEX cases_contact ON cases (contact_id, id)",
        "CREATE INDEX cases_desk ON cases (desk_id, state, id)",
        "CREATE INDEX cases_due ON cases (due_at) WHERE due_at IS NOT NULL",
        f"""CREATE TABLE case_messages (
            id {row_id},
            case_id {number} NOT NULL REFERENCES cases (id),
            author TEXT NOT NULL CHECK (author IN ('worker', 'staff', 'bot', 'system')),
            staff_id TEXT REFERENCES staff (id),
            kind TEXT NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'note')),
            body_encrypted TEXT NOT NULL,
            inbox_id {number} REFERENCES inbox (id),
            outbox_id {number} REFERENCES outbox (id),
            at TEXT NOT NULL,
            UNIQUE (case_id, inbox_id),
            UNIQUE (case_id, outbox_id)
        ){strict}""",
    )


def _what_was_done(words: Words) -> Sequence[str]:
    row_id, number, strict = words.row_id, words.number, words.strict
    return (
        f"""CREATE TABLE case_events (
            id {row_id},
            case_id {number} NOT NULL REFERENCES cases (id),
            action TEXT NOT NULL,
            state TEXT NOT NULL,
            actor TEXT NOT NULL,
            staff_id TEXT REFERENCES staff (id),
            details TEXT NOT NULL,
            at TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX case_events_case ON case_events (case_id, id)",
        f"""CREATE TABLE case_notices (
            id {row_id},
            idempotency_key TEXT NOT NULL UNIQUE,
            case_id {number} NOT NULL REFERENCES cases (id),
            desk_id TEXT NOT NULL REFERENCES desks (id),
            kind TEXT NOT NULL,
            to_supervisor {number} NOT NULL DEFAULT 0 CHECK (to_supervisor IN (0, 1)),
            created_at TEXT NOT NULL,
            done_at TEXT
        ){strict}""",
        "CREATE INDEX case_notices_waiting ON case_notices (id) WHERE done_at IS NULL",
        f"""CREATE TABLE audit (
            number {number} PRIMARY KEY NOT NULL,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            actor_id TEXT,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            details TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL
        ){strict}""",
        "CREATE INDEX audit_subject ON audit (subject, subject_id, number)",
        f"""CREATE TABLE audit_head (
            name TEXT PRIMARY KEY NOT NULL,
            rows {number} NOT NULL,
            hash TEXT NOT NULL,
            seal TEXT NOT NULL
        ){strict}""",
    )
