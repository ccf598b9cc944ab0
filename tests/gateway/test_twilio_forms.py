"""What Twilio's forms become, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import ImmutableMultiDict

from safar.gateway.messages import Identity, InboundMessage, Location
from safar.gateway.providers.twilio.inbound import MOST_MEDIA, InboundForm, as_message
from tests.peers.twilio_webhooks import sms_form, whatsapp_form


def _message(form: dict[str, str], *, obeys_stop: bool = True) -> InboundMessage:
    return as_message(
        InboundForm.model_validate(form),
        ImmutableMultiDict(list(form.items())),
        obeys_stop=obeys_stop,
    )


def test_sms() -> None:
    message = _message(sms_form("नमस्ते"))
    assert (message.channel, message.sender_kind) == ("sms", "phone")
    assert message.body == "नमस्ते"
    assert (message.aliases, message.profile, message.extras.choice) == ((), None, None)
    assert message.carrier_acts
    assert not _message(sms_form("x"), obeys_stop=False).carrier_acts


def test_whatsapp_button() -> None:
    message = _message(whatsapp_form("Wages"))
    assert (message.channel, message.sender_kind) == ("whatsapp", "whatsapp")
    assert message.extras.choice == "ask_wages"
    assert message.profile == "x"
    assert Identity(kind="phone", value="+6281234567890") in message.aliases
    assert Identity(kind="bsuid", value="whatsapp:ID.4566000000000000") in message.aliases
    assert not message.carrier_acts, "no carrier reads WhatsApp"


def test_whatsapp_without_a_number_is_known_by_its_own_id() -> None:
    sender = "whatsapp:NP.1349aBcD"
    message = _message(whatsapp_form("x", From=sender, ExternalUserId=sender, WaId=""))
    assert (message.sender_kind, message.sender, message.aliases) == ("bsuid", sender, ())


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        pytest.param(
            {"Latitude": "25.28", "Longitude": "51.53", "Label": "Camp", "Address": "Doha"},
            Location(latitude=25.28, longitude=51.53, label="Camp Doha"),
            id="place",
        ),
        pytest.param({"Latitude": "nan", "Longitude": "1"}, None, id="not a number"),
        pytest.param({"Latitude": "91", "Longitude": "1"}, None, id="beyond the pole"),
        pytest.param({"Latitude": "1e999", "Longitude": "1"}, None, id="without end"),
        pytest.param({"Latitude": "here", "Longitude": "1"}, None, id="word"),
        pytest.param({"Latitude": "1"}, None, id="half"),
    ],
)
def test_location(fields: dict[str, str], place: Location | None) -> None:
    assert _message(whatsapp_form("", **fields)).extras.location == place


def test_media_are_noted_up_to_a_number() -> None:
    many = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(30)}
    media = _message(whatsapp_form("", NumMedia="30", MediaContentType0="image/jpeg", **many))
    assert len(media.extras.media) == MOST_MEDIA
    assert media.extras.media[0].content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("word", "kind"), [("STOP", "stop"), ("start", "start"), ("HELP", "help"), ("NO", None)]
)
def test_what_twilio_did_with_an_opt_out_word(word: str, kind: str | None) -> None:
    assert _message(sms_form("x", OptOutType=word)).opt_out == kind


@given(
    st.dictionaries(
        st.sampled_from(
            "ButtonPayload ListId WaId ExternalUserId ProfileName Latitude Longitude Label Address"
            " OptOutType NumMedia MediaUrl0 MediaContentType0 MediaUrl7 Body Unheard".split()
        ),
        st.text(max_size=2500),
    )
)
def test_nothing_in_other_fields_fails_or_changes_who_wrote(fields: dict[str, str]) -> None:
    form = whatsapp_form("x") | fields
    message = _message(form)
    assert (message.sender, message.recipient) == (form["From"], form["To"])
    assert message.provider_message_id == form["MessageSid"]
