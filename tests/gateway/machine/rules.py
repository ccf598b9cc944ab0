"""What may happen to the house, in any order."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from safar.gateway import inbox, outbox
from safar.gateway.providers.base import FailureKind, StatusReport
from tests.gateway.machine.hands import Job, Question
from tests.gateway.machine.house import FORGET, LEASE, LINES, House, Plan
from tests.gateway.machine.truth import BAD, LAGS, OUTCOMES, PLACE

LINE = st.sampled_from(LINES)
PICK = st.integers(0, 999)
PLAN = st.builds(
    Plan,
    texts=st.sampled_from([1, 1, 2]),
    kind=st.sampled_from(["answer", "answer", "danger"]),
    fresh=st.sampled_from([None, 40.0, 1200.0, 10_000.0]),
)
OUTCOME = st.sampled_from(OUTCOMES)
SCRIPT = st.lists(OUTCOME, max_size=3)
PROVIDER = st.sampled_from(["asked", "noted", "mute"])
WORD = st.sampled_from([*PLACE, *BAD])
FAILURE = st.sampled_from([None, *FailureKind])
MOST_JOBS = 6


class PeopleWrite(RuleBasedStateMachine):
    """Messages come, are answered, and consent is taken back and given."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.jobs: list[Job] = []
        self.questions: list[Question] = []
        self.claims: list[tuple[str, inbox.ClaimedMessage]] = []

    @rule(line=LINE, plan=PLAN)
    def asks(self, line, plan) -> None:
        self.house.ask(line, plan)

    @rule(line=LINE, plan=PLAN)
    def asks_and_is_answered(self, line, plan) -> None:
        self.house.ask(line, plan)
        self.house.work()

    @rule(line=LINE, plan=PLAN)
    def asks_and_is_answered_once_more(self, line, plan) -> None:
        self.house.ask(line, plan)
        self.house.work()

    @rule(line=LINE, kind=st.sampled_from(["officer", "consent", "notice", "danger"]))
    def officer_writes(self, line, kind) -> None:
        self.house.officer_writes(line, kind)

    @rule(line=LINE)
    def stops(self, line) -> None:
        self.house.write(line, "STOP")
        assert self.house.is_stopped(line)

    @rule(line=LINE)
    def starts(self, line) -> None:
        self.house.write(line, "START")
        assert not self.house.is_stopped(line)

    @rule(line=LINE)
    def wants_to_be_forgotten(self, line) -> None:
        self.house.write(line, FORGET)
        self.house.work()

    @rule()
    def errand_forgets(self) -> None:
        self.house.finish_forgetting()

    @rule()
    def worker_claims(self) -> None:
        owner = self.house.name("worker")
        self.claims += [(owner, each) for each in self.house.claim_message(owner, 2)]

    @precondition(lambda self: self.claims)
    @rule(pick=PICK)
    def worker_finishes(self, pick) -> None:
        owner, message = self.claims.pop(pick % len(self.claims))
        self.house.finish_message(message, owner)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK)
    def worker_dies(self, pick) -> None:
        self.claims.pop(pick % len(self.claims))


class TextsGo(RuleBasedStateMachine):
    """Senders take texts, call carriers, and are slow or die."""

    house: House
    jobs: list[Job]
    questions: list[Question]

    @rule(provider=PROVIDER, limit=st.integers(1, 3))
    def claim(self, provider, limit) -> None:
        house = self.house
        if house.sending_stopped or len(self.jobs) >= MOST_JOBS:
            return
        owner = house.name("sender")
        claimed = outbox.claim(
            *(house.database, house.keyring, owner, house.clock(), LEASE, limit), provider=provider
        )
        carrier = house.carriers[provider]
        self.jobs += [Job(house, carrier, owner, item) for item in claimed]

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK, outcome=OUTCOME)
    def sender_goes_on(self, pick, outcome) -> None:
        job = self.jobs[pick % len(self.jobs)]
        if not job.step(outcome):
            self.jobs.remove(job)

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK, outcome=OUTCOME)
    def sender_finishes(self, pick, outcome) -> None:
        job = self.jobs.pop(pick % len(self.jobs))
        while job.step(outcome):
            pass

    @precondition(lambda self: self.jobs)
    @rule(pick=PICK)
    def sender_gives_back_or_dies(self, pick) -> None:
        job = self.jobs.pop(pick % len(self.jobs))
        if job.stage == "claimed" and pick % 2:
            outbox.hand_back(self.house.database, job.item.id, job.owner, self.house.clock())

    @rule(which=st.integers(0, 1), script=SCRIPT, provider=PROVIDER)
    def dispatcher_serves(self, which, script, provider) -> None:
        house = self.house
        stopped = house.sending_stopped
        calls = [carrier.calls for carrier in house.carriers.values()]
        house.carriers[provider].script = list(script)
        house.dispatch(which)
        house.carriers[provider].script = []
        if stopped:
            assert calls == [carrier.calls for carrier in house.carriers.values()]

    @rule(provider=PROVIDER)
    def somebody_asks(self, provider) -> None:
        house = self.house
        owner = house.name("asker")
        carrier = house.carriers[provider]
        claimed = outbox.claim_unknown(
            *(house.database, house.keyring, owner, house.clock(), LEASE, 3),
            provider=provider,
            settle=timedelta(seconds=15 if carrier.can_find else 600),
        )
        self.questions += [Question(house, carrier, owner, item) for item in claimed]

    @precondition(lambda self: self.questions)
    @rule(pick=PICK)
    def it_is_settled(self, pick) -> None:
        self.questions.pop(pick % len(self.questions)).settle()


class ReportsCome(RuleBasedStateMachine):
    """Carriers carry on and report, late, twice, in any order; and nonsense comes, too."""

    house: House

    @precondition(lambda self: self.house.anything_taken)
    @rule(provider=PROVIDER, pick=PICK, word=WORD, failure=FAILURE)
    def carrier_goes_on(self, provider, pick, word, failure) -> None:
        carrier = self.house.carriers[provider]
        if carrier.taken:
            carrier.goes_on(carrier.taken[-1 - pick % len(carrier.taken)], word, failure)

    @precondition(lambda self: self.house.anything_taken)
    @rule(provider=PROVIDER, pick=PICK, word=WORD, failure=FAILURE)
    def carrier_goes_on_and_says_so(self, provider, pick, word, failure) -> None:
        carrier = self.house.carriers[provider]
        if carrier.taken:
            taken = carrier.taken[-1 - pick % len(carrier.taken)]
            self.house.report(carrier.goes_on(taken, word, failure))

    @precondition(lambda self: self.house.anything_taken)
    @rule(provider=PROVIDER, pick=PICK, ids=st.sampled_from(["both", "theirs", "ours"]))
    def report_arrives(self, provider, pick, ids) -> None:
        reports = self.house.carriers[provider].reports
        if reports:
            report = vars(reports[pick % len(reports)])
            if ids == "theirs":
                report = report | {"outbox_id": None}
            if ids == "ours":
                report = report | {"provider_message_id": None}
            self.house.report(StatusReport(**report))

    @rule(provider=PROVIDER, word=WORD, what=st.sampled_from(["id", "row", "word", "provider"]))
    def nonsense_arrives(self, provider, word, what) -> None:
        before = self.house.rows()
        reports = self.house.carriers[provider].reports
        known = reports[-1] if reports else StatusReport(provider, word, outbox_id=1)
        nonsense = {
            "id": StatusReport(provider, word, provider_message_id="never heard of"),
            "row": StatusReport(provider, word, outbox_id=987_654),
            "word": StatusReport(provider, "gone fishing", outbox_id=known.outbox_id),
            "provider": StatusReport("somebody", word, outbox_id=known.outbox_id),
        }
        assert not self.house.report(nonsense[what])
        assert self.house.rows() == before


class TheWorldTurns(RuleBasedStateMachine):
    """Time passes, mostly forward; switches are set; keys are mislaid."""

    house: House

    @rule(seconds=st.sampled_from([1, 16, 31, 31, 121, 601, 3601]))
    def time_passes(self, seconds) -> None:
        self.house.pass_(seconds)

    @rule(seconds=st.sampled_from([-90_000, -3_600, -40, 90_000]))
    def clock_is_set(self, seconds) -> None:
        self.house.clock.pass_(seconds)

    @rule(on=st.sampled_from([False, False, True]))
    def sending_is_stopped(self, on) -> None:
        self.house.stop_sending(on)

    @rule(provider=PROVIDER, lag=st.sampled_from(LAGS), unreadable=st.booleans())
    def list_changes(self, provider, lag, unreadable) -> None:
        carrier = self.house.carriers[provider]
        carrier.lag, carrier.unreadable = lag, unreadable

    @rule(there=st.sampled_from([True, True, False]))
    def key_is_lost_or_found(self, there) -> None:
        if there:
            self.house.return_key()
        else:
            self.house.lose_key()
