"""Meta's Cloud API: what comes in by its webhook, and what goes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from safar.gateway.limits import LimitSettings
from safar.gateway.messages import Choice
from safar.gateway.providers.base import (
    ChannelPausedError,
    ContentError,
    OutboundMessage,
    RecipientError,
    SendError,
    TransientSendError,
    UnknownOutcomeError,
    WindowClosedError,
)
from safar.gateway.providers.meta.payload import changes, messages
from safar.gateway.providers.meta.provider import MetaProvider
from safar.gateway.providers.meta.routes import PATH
from safar.gateway.providers.meta.settings import MetaSettings
from safar.gateway.web import create_app
from safar.settings import Settings
from tests.gateway.web_gateway import Gateway
from tests.peers import meta as peer
from tests.peers.serving import served


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "PHONE_NUMBER_ID": peer.OUR_ID,
        "ACCESS_TOKEN": peer.TOKEN,
        "APP_SECRETS": f"{peer.SECRET}, {peer.OLD_SECRET}",
        "VERIFY_TOKEN": peer.WORD,
        "TEMPLATES": json.dumps({"en": {"name": "answer", "language": "en"}}),
        "TIMEOUT_SECONDS": "0.5",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"SAFAR_META_{name}", value)


@pytest.fixture
def gateway(tmp_path: Path, database, keyring, clock) -> Gateway:
    return Gateway(Settings(_env_file=None, home=tmp_path), database, keyring, clock)


def _post(gateway: Gateway, body: bytes, signature: str | None = None) -> int:
    headers = {"X-Hub-Signature-256": signature or peer.sign(body)}
    return int(gateway.client.post(PATH, content=body, headers=headers).status_code)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param({"hub.mode": "subscribe", "hub.verify_token": peer.WORD}, 200, id="right"),
        pytest.param({"hub.mode": "subscribe", "hub.verify_token": "x"}, 403, id="wrong word"),
        pytest.param({"hub.mode": "other", "hub.verify_token": peer.WORD}, 403, id="wrong mode"),
        pytest.param({"hub.mode": "subscribe"}, 403, id="no word"),
    ],
)
def test_verification(gateway: Gateway, query: dict[str, str], status: int) -> None:
    answer = gateway.client.get(PATH, params=query | {"hub.challenge": "1158201444"})
    assert answer.status_code == status
    assert (answer.text == "1158201444") is (status == 200)


def test_texts_of_one_call_are_kept_in_order_and_once(gateway: Gateway) -> None:
    body = peer.call(peer.text("नमस्ते 🙏", 1), peer.text("दोस्रो", 2))
    assert [_post(gateway, body), _post(gateway, body)] == [200, 200]
    assert gateway.texts() == ["नमस्ते 🙏", "दोस्रो"]


def test_a_broken_item_does_not_lose_the_others(gateway: Gateway) -> None:
    broken: dict[str, Any] = {"id": 7, "from": "x"}
    assert _post(gateway, peer.call(broken, peer.text("whole"))) == 200
    assert gateway.texts() == ["whole"]


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("sha256=00", id="wrong"),
        pytest.param(peer.sign(b"other bytes"), id="of other bytes"),
        pytest.param(peer.sign(peer.call(peer.text("x")), "stranger"), id="of a stranger"),
        pytest.param("ключ", id="not ASCII"),
    ],
)
def test_a_forged_call_leaves_nothing_but_a_count(gateway: Gateway, signature: str) -> None:
    headers = [(b"x-hub-signature-256", signature.encode())]
    answer = gateway.client.post(PATH, content=peer.call(peer.text("x")), headers=headers)
    assert answer.status_code == 403
    assert gateway.written() == {"counters": 1}


def test_the_secret_of_before_still_counts(gateway: Gateway) -> None:
    body = peer.call(peer.text("x"))
    assert _post(gateway, body, peer.sign(body, peer.OLD_SECRET)) == 200


def test_another_number_is_none_of_ours(gateway: Gateway) -> None:
    assert _post(gateway, peer.call(peer.text("x"), metadata={"phone_number_id": "1"})) == 200
    assert gateway.texts() == []


def test_a_body_too_long_is_refused(gateway: Gateway) -> None:
    assert _post(gateway, b" " * (1024 * 1024 + 1)) == 413


@pytest.mark.parametrize(
    ("item", "body", "choice"),
    [
        pytest.param(
            {"type": "interactive", "interactive": {"button_reply": {"id": "a:b", "title": "B"}}},
            "B",
            "a:b",
            id="button",
        ),
        pytest.param(
            {"type": "interactive", "interactive": {"list_reply": {"id": "c", "title": "C"}}},
            "C",
            "c",
            id="list",
        ),
        pytest.param(
            {"type": "button", "button": {"payload": "p", "text": "P"}}, "P", "p", id="template"
        ),
        pytest.param({"type": "image", "image": {"caption": "see"}}, "see", None, id="image"),
        pytest.param({"type": "unheard"}, "", None, id="unknown kind"),
    ],
)
def test_kinds_of_message(item: dict[str, Any], body: str, choice: str | None) -> None:
    (message,) = _messages(peer.text("") | item)
    assert (message.body, message.extras.choice) == (body, choice)


def test_a_person_without_a_number_is_known_by_their_id() -> None:
    item = peer.text("x", from_user_id="NP.1349")
    del item["from"]
    (message,) = _messages(item)
    assert (message.sender_kind, message.sender) == ("bsuid", "whatsapp:NP.1349")


def _messages(*items: dict[str, Any]) -> list[Any]:
    parsed = json.loads(peer.call(*items))
    return [message for change in changes(parsed, peer.OUR_ID) for message in messages(change)]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from("id from type text interactive location image timestamp".split()), JSON
    )
)
def test_nothing_in_an_item_fails(item: dict[str, Any]) -> None:
    assert len(_messages(item, peer.text("whole"))) >= 1


@pytest.fixture
def number() -> Iterator[tuple[peer.Number, MetaProvider]]:
    number = peer.Number()
    with served(peer.create_app(number)) as address:
        yield number, MetaProvider(MetaSettings(graph_base_url=address))


def _message(**values: Any) -> OutboundMessage:
    given: dict[str, Any] = {
        "outbox_id": 7,
        "conversation_id": "0" * 32,
        "to": f"whatsapp:+{peer.PERSON}",
        "from_": peer.OUR_ID,
        "channel": "whatsapp",
        "body": "नमस्ते\n1 Wages",
        "callback_id": "7",
        "window_open": True,
    }
    return OutboundMessage(**(given | values))


def test_a_text_goes_out_with_our_id(number: tuple[peer.Number, MetaProvider]) -> None:
    assert number[1].send(_message()).provider_message_id == "wamid.1"
    (sent,) = number[0].sent
    assert (sent["to"], sent["text"]["body"]) == (peer.PERSON, "नमस्ते\n1 Wages")
    assert sent["biz_opaque_callback_data"] == "7"


@pytest.mark.parametrize(
    ("many", "title", "kind"),
    [(3, "Wages", "button"), (4, "Wages", "list"), (3, "x" * 21, "list"), (3, "x" * 25, None)],
)
def test_buttons_a_list_or_plain_text(
    number: tuple[peer.Number, MetaProvider], many: int, title: str, kind: str | None
) -> None:
    choices = tuple(Choice(id=f"o{n}", title=title) for n in range(many))
    number[1].send(_message(choices=choices))
    (sent,) = number[0].sent
    assert sent.get("interactive", {}).get("type") == kind
    assert "1 Wages" in json.dumps(sent, ensure_ascii=False), "the text numbers them, too"


def test_outside_the_window_a_template_goes_or_nothing(
    number: tuple[peer.Number, MetaProvider], monkeypatch: pytest.MonkeyPatch
) -> None:
    number[1].send(_message(window_open=False, variant="ne"))
    (sent,) = number[0].sent
    (component,) = sent["template"]["components"]
    assert component["parameters"][0]["text"] == "नमस्ते 1 Wages"
    monkeypatch.setenv("SAFAR_META_TEMPLATES", "{}")
    with pytest.raises(WindowClosedError):
        MetaProvider(MetaSettings()).send(_message(window_open=False))


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        ("0026", RecipientError),
        ("0047", WindowClosedError),
        ("0056", TransientSendError),
        ("0190", ChannelPausedError),
        ("0100", ContentError),
    ],
)
def test_refusals(
    number: tuple[peer.Number, MetaProvider], ending: str, error: type[SendError]
) -> None:
    with pytest.raises(error) as refused:
        number[1].send(_message(to=f"whatsapp:+97798412{ending}"))
    assert type(refused.value) is error
    assert number[0].sent == []


@pytest.mark.parametrize("fault", ["hang", "garbage", "500"])
def test_a_lost_answer_is_unknown(number: tuple[peer.Number, MetaProvider], fault: str) -> None:
    number[0].fault = fault
    with pytest.raises(UnknownOutcomeError):
        number[1].send(_message())


def test_statuses_settle_by_our_id_and_only_forward(gateway: Gateway, post) -> None:
    (row,) = post.queue("x", provider="meta", sender="+9779841234567")
    ours = {"biz_opaque_callback_data": str(row)}
    for status in ("delivered", "sent", "delivered"):
        given = {"id": "wamid.1", "status": status, **ours}
        assert _post(gateway, peer.call(statuses=(given,))) == 200
    # Nothing was sent from here, so only a row that is with the provider can move.
    assert post.state(row) == "delivered"


def test_without_settings_nothing_is_served(
    tmp_path: Path, database, keyring, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAFAR_META_APP_SECRETS")
    settings = Settings(_env_file=None, home=tmp_path)
    app = create_app(settings, database, keyring, clock, LimitSettings())
    assert TestClient(app).post(PATH, content=b"{}").status_code == 404
