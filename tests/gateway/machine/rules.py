"""What may happen to the house, in any order."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from safar.gateway import inbox, outbox
from safar.gateway.providers.base import FailureKind, StatusReport
from tests.gateway.machine.hands import Job, Question
from tests.gateway.machine.house import FORGET, LEASE, LINES, House, Plan
from tests.gateway.machine.truth import BAD, DOUBTFUL, LAGS, OUTCOMES, PLACE

LINE = st.sampled_from(LINES)
PICK = st.integers(0, 999)
PLAN = st.builds(
    Plan,
    texts=st.sampled_from([1, 1, 2]),
    kind=st.sampled_from(["answer", "answer", "danger"]),
    fresh=st.sampled_from([None, 10_000.0, 1200.0, 40.0]),
)
OUTCOME = st.sampled_from(OUTCOMES)
NOT_HEARD = st.sampled_from([*DOUBTFUL, "request lost"])
SCRIPT = st.lists(OUTCOME, max_size=3)
PROVIDER = st.sampled_from(["asked", "noted", "mute"])
WORD = st.sampled_from([*PLACE, *BAD])
FAILURE = st.sampled_from([None, *FailureKind])
MOST_JOBS = 9


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

    @rule(lines=st.lists(LINE, min_size=1, max_size=3), plan=PLAN)
    def some_ask_and_are_answered(self, lines, plan) -> None:
        for line in lines:
            self.house.ask(line, plan)
        self.house.work()

    @initialize(lines=st.lists(LINE, min_size=2, max_size=3), plan=PLAN)
    def some_were_answered_before(self, lines, plan) -> None:
        for line in lines:
            self.house.ask(line, plan)
        self.house.work()

    @rule(line=LINE, kind=st.sampled_from(["officer", "consent", "notice", "danger"]))
    def officer_writes(self, line, kind) -> None:
        self.house.officer_writes(line, kind)

    @rule(line=LINE, wish=st.sampled_from(["STOP", "START", "START", "START", FORGET]))
    def wishes(self, line, wish) -> None:
        self.house.wish(line, wish)

    @rule()
    def errand_forgets(self) -> None:
        self.house.finish_forgetting()

    @precondition(lambda self: self.house.seen["messages"])
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

    def claim(self, provider: str, limit: int) -> list[Job]:
        house = self.house
        if house.sending_stopped:
            return []
        # The oldest ones have died.
        self.jobs = self.jobs[-MOST_JOBS:]
        owner = house.name("sender")
        claimed = outbox.claim(
            *(house.database, house.keyring, owner, house.clock(), LEASE, limit), provider=provider
        )
        made = [Job(house, house.carriers[provider], owner, item) for item in claimed]
        self.jobs += made
        return made

    @precondition(lambda self: self.house.seen["ready"])
    @rule(limit=st.integers(1, 3))
    def senders_claim(self, limit) -> None:
        for provider in self.house.carriers:
            self.claim(provider, limit)

    @rule(slow=st.integers(0, 2), quick=st.integers(0, 3), outcome=OUTCOME)
    def some_are_slow_and_others_take_over(self, slow, quick, outcome) -> None:
        self._everybody_is_answered()
        late = [job for name in self.house.carriers for job in self.claim(name, 3)]
        for job in late:
            self._steps(job, slow, outcome)
        self.house.pass_(31)
        for name in self.house.carriers:
            for job in self.claim(name, 3):
                self._steps(job, quick, outcome)
        for job in late:
            if job in self.jobs:
                self._steps(job, 1, outcome)

    @rule(steps=st.integers(0, 2), wish=st.sampled_from(["STOP", FORGET]), outcome=OUTCOME)
    def wishes_while_texts_are_on_their_way(self, steps, wish, outcome) -> None:
        self._everybody_is_answered()
        for job in [job for name in self.house.carriers for job in self.claim(name, 1)]:
            self._steps(job, steps, outcome)
            person = (job.item.message.to, job.carrier.name)
            self.house.wish(next(x for x in LINES if (x.address, x.provider) == person), wish)
            if job in self.jobs:
                self._steps(job, 1, outcome)

    def _everybody_is_answered(self) -> None:
        for line in LINES:
            self.house.ask(line, Plan())
        self.house.work()

    def _steps(self, job: Job, steps: int, outcome: str) -> None:
        for _ in range(steps):
            if not job.step(outcome):
                self.jobs.remove(job)
                return

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

    @rule(which=st.integers(0, 1), outcome=NOT_HEARD)
    def no_answer_is_heard_for_a_while(self, which, outcome) -> None:
        for wait in (16, 16, 16, 601):
            for carrier in self.house.carriers.values():
                carrier.script = [outcome] * 3
            self.house.dispatch(which)
            self.house.pass_(wait)
        for carrier in self.house.carriers.values():
            carrier.script = []

    @precondition(lambda self: self.house.seen["unknown"])
    @rule(waits=st.sampled_from([0, 16, 601]))
    def somebody_asks(self, waits) -> None:
        house = self.house
        house.pass_(waits)
        for provider, carrier in house.carriers.items():
            owner = house.name("asker")
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
    @rule(
        pick=PICK,
        words=st.lists(WORD, min_size=1, max_size=3),
        failure=FAILURE,
        heard=st.sampled_from(["in order", "backwards", "not yet"]),
    )
    def carrier_goes_on(self, pick, words, failure, heard) -> None:
        carriers = [each for each in self.house.carriers.values() if each.taken]
        carrier = carriers[pick % len(carriers)]
        taken = carrier.taken[-1 - pick % len(carrier.taken)]
        reports = [carrier.goes_on(taken, word, failure) for word in words]
        if heard == "backwards":
            reports.reverse()
        for report in reports if heard != "not yet" else []:
            self.house.report(report)

    @precondition(lambda self: self.house.anything_taken)
    @rule(pick=PICK, ids=st.sampled_from(["both", "theirs", "ours"]))
    def report_arrives(self, pick, ids) -> None:
        reports = [each for carrier in self.house.carriers.values() for each in carrier.reports]
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

    @rule(on=st.sampled_from([False, False, False, False, True]))
    def sending_is_stopped(self, on) -> None:
        self.house.stop_sending(on)

    @rule(provider=PROVIDER, lag=st.sampled_from(LAGS), unreadable=st.booleans())
    def list_changes(self, provider, lag, unreadable) -> None:
        carrier = self.house.carriers[provider]
        carrier.lag, carrier.unreadable = lag, unreadable

    @rule(there=st.sampled_from([True, True, True, True, False]))
    def key_is_lost_or_found(self, there) -> None:
        if there:
            self.house.return_key()
        else:
            self.house.lose_key()
