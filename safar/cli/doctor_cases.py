"""What `safar doctor` says of cases: their desks, and whether staff are told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from safar.cases.notices.addresses import targets
from safar.cases.notices.settings import NoticeSettings
from safar.cases.office_of import PlanHolder, plan_dir
from safar.cases.plan import Plan
from safar.cases.plan_file import FILE, check_plan, load_plan
from safar.gateway.providers.plugin import Finding, Level
from safar.settings import Settings
from safar.store.notice_counts import NoticeCounts

_SAMPLE: Final = "sample-"
_SLOW_SECONDS: Final = 900
_ADVICE: Final = {
    "not_set_up": "Set this way up: see docs/operators/notices.md.",
    "no_address": "Nobody is named: add notices in desks.yaml.",
    "opted_out": "This number asked to get no SMS: name another one, or let its owner write START.",
    "tls": "The mail server offers no TLS that can be trusted: see SAFAR_NOTICE_SMTP_SECURITY.",
}
_OTHERWISE: Final = "See docs/operators/notices.md for what the code means."


def desks(
    settings: Settings, notices: NoticeSettings, providers: Collection[str]
) -> Iterator[Finding]:
    """Yield how desks.yaml is, and which ways of its notices nobody has set up."""
    folder = plan_dir(settings)
    problems = check_plan(folder)
    if problems or not (folder / FILE).is_file():
        what = f"{len(problems)} faults, the first: {problems[0]}" if problems else "There is none"
        said = f"{what}. {_kept(settings)} See: safar content check {FILE}."
        yield Finding("desks", "error" if problems else "warning", said)
        return
    plan = load_plan(folder)
    if plan is None:
        return
    made_up = [desk.id for desk in plan.desks if desk.id.startswith(_SAMPLE)]
    if made_up:
        said = f"{len(made_up)} are made up, for trials only: nobody is behind them."
        yield Finding("desks", "warning", f"{said} See docs/editors/desks.md.")
    else:
        yield Finding("desks", "ok", f"{len(plan.desks)}, from {folder}.")
    yield from _ways(plan, notices, providers)


def notices_of(counts: NoticeCounts) -> Iterator[Finding]:
    """Yield how notices to staff do."""
    said = f"{counts.waiting} wait, the oldest for {counts.oldest_seconds:.0f} s."
    slow = counts.waiting and counts.oldest_seconds > _SLOW_SECONDS
    yield Finding("notices to staff", "warning" if slow else "ok", said)
    for (way, code), number in counts.failed.items():
        told = "nobody was named" if way == "none" else f"by {way}, code {code}"
        # A way that nobody set up says so by itself; what was refused is news.
        level: Level = "warning" if code in {"not_set_up", "no_address"} else "error"
        said = f"{number} {told}. {advice(code)} Then: safar cases notices --retry."
        yield Finding("notices given up", level, said)


def advice(code: str) -> str:
    """Return what to do about a notice that did not go out."""
    return _ADVICE.get(code, _OTHERWISE)


def _kept(settings: Settings) -> str:
    """Say what is gone by meanwhile, and change nothing by looking."""
    kept = PlanHolder(settings).kept()
    if kept is None:
        return "No case can be taken."
    return f"Cases go by the last good one, with {len(kept.desks)} desks."


def _ways(plan: Plan, notices: NoticeSettings, providers: Collection[str]) -> Iterator[Finding]:
    used = {
        target.way
        for desk in plan.desks
        for each in (desk.notices, desk.supervisor_notices)
        for target in targets(each)
    }
    there = {
        "email": bool(notices.smtp_host),
        "sms": notices.sms_provider in providers,
        "webhook": bool(notices.webhook_secret.get_secret_value()),
    }
    for way in sorted(used):
        if there[way]:
            yield Finding(f"notices by {way}", "ok", "set up.")
        else:
            said = "desks.yaml names addresses, and this way is not set up, so they are not told."
            yield Finding(f"notices by {way}", "warning", f"{said} See docs/operators/notices.md.")
    silent = [desk.id for desk in plan.desks if not list(targets(desk.notices))]
    if silent:
        said = f"{', '.join(silent)}: no address is named, so nobody is told of their cases."
        yield Finding("notices", "warning", said)
    if used and not notices.console_url:
        yield Finding("notices", "warning", "They have no link: set SAFAR_NOTICE_CONSOLE_URL.")
