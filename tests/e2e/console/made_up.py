"""Cases and staff that are made up, for looking at every page with something on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from case_house import House as CaseHouse
from console_house import PATH, Console, make_console
from playwright.sync_api import BrowserContext
from pyotp import TOTP

from safar.cases.opening import About
from safar.cases.rows import Case
from safar.cases.states import State
from safar.console import security
from safar.phrasing.catalogue import Catalogue
from safar.phrasing.languages import load_languages
from safar.registry.holder import RegistryHolder
from safar.settings import Settings
from safar.staff import invitations
from safar.staff.permissions import ROLES, Role
from safar.staff.record import OPERATOR
from safar.store.crypto import KeyRing
from safar.store.database import open_database

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "four words that differ"
SAID = (
    ("ne", "मालिकले पासपोर्ट राखेको छ। तीन महिनादेखि तलब पाएको छैन।"),
    ("ar", "صاحب العمل أخذ جواز سفري منذ 3 أشهر."),
    ("my", "ကျွန်တော့်ပတ်စပို့ကို အလုပ်ရှင်က သိမ်းထားပါတယ်။"),
    ("en", "They do not pay us. " + "https://example.org/" + "a" * 120),
)


@dataclass
class Made:
    """The console, where it is, and what is in it.

    Attributes:
        cases: At the desk doha, by the state they are in.
        staff: Ids by role and language: one of each at the desk doha.
        invited: Id of somebody who was invited last.
    """

    console: Console
    port: int
    cases: dict[State, Case] = field(default_factory=dict)
    staff: dict[tuple[Role, str], str] = field(default_factory=dict)
    invited: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def sign_in(self, context: BrowserContext, role: Role, language: str = "en") -> None:
        """Let somebody of a role be signed in, as if they had just come."""
        if (role, language) not in self.staff:
            self.staff[role, language] = self.console.hire(role, name=f"Sample {role}")
        signed_in = self.console.sign_in(self.staff[role, language], language)
        token = signed_in.cookies[security.SESSION]
        place = {"domain": "127.0.0.1", "path": "/"}
        context.add_cookies([{"name": security.SESSION, "value": token, **place}])  # type: ignore[typeddict-item]

    def invite(self) -> str:
        """Invite somebody; return the token of their invitation."""
        house = self.console.house
        self.invited = staff_id = self.console.hire("officer", name="Invited Officer")
        with house.database.write() as tx:
            email = f"{staff_id[:8]}@example.org"
            return invitations.invite(tx, house.access, staff_id, email, OPERATOR)

    def code(self, secret: str) -> str:
        """What an authenticator shows at this moment."""
        return TOTP(secret.replace(" ", "")).at(self.console.cases.clock())

    def set_up(self) -> str:
        """Let somebody set up how they sign in, with `PASSWORD`; return their address."""
        house, token = self.console.house, self.invite()
        with house.database.read() as tx:
            account, secret = invitations.find(tx, house.access, token)
        wanted = invitations.Wanted("Sample Officer", PASSWORD, self.code(secret), "en")
        invitations.accept(house.database, house.access, token, wanted)
        return account.email


@contextmanager
def make(folder: Path, registry: Path, port: int) -> Iterator[Made]:
    """Make a store with everything in it, and the console over it."""
    database = open_database(f"sqlite:///{folder / 'safar.db'}")
    cases = CaseHouse(database, KeyRing([KeyRing.generate()], KeyRing.generate()))
    cases.hire()
    settings = Settings(_env_file=None, home=folder, registry_path=registry, console=True)  # type: ignore[call-arg]
    words = Catalogue.load(ROOT / "locales", load_languages(ROOT / "content" / "languages.yaml"))
    made = Made(make_console(cases, settings, RegistryHolder(registry), words), port)
    _fill(made)
    yield made
    database.close()


def _fill(made: Made) -> None:
    console = made.console
    cases = console.cases
    for place, state in enumerate(State):
        variant, text = SAID[place % len(SAID)]
        about = About(name="Sample Person", relation="sister") if place % 2 else None
        case = console.case_in(
            state, danger=place % 3 == 0, variant=variant, about=about, for_other=bool(place % 2)
        )
        made.cases[state] = case
        if state is State.WITH_PERSON:
            for _, said in SAID:
                cases.write(case.conversation_id, said)
            cases.reply(case, "doha1", "हामी तपाईंलाई मद्दत गर्छौं।")
            cases.do("note", case, "doha1", "Called the employer: nobody answers.")
        cases.pass_(7)
    for role in ROLES:
        made.staff[role, "en"] = console.hire(role, name=f"Sample {role}")
    made.invite()
