import hmac
import time
from collections.abc import Callable

import pytest

from sink.core.configuration import Secret
from tests.unit.webhook.stage import NEW_SECRET, OLD_SECRET, Stage, code, edit, encoded, signed
from webhook.auth import Authenticator
from webhook.problem import UnsignedError

BODY = encoded(edit())
NOW = 1_763_939_915.5


def authenticator(*secrets: str) -> Authenticator:
    chosen = [Secret("${env:S}", secret) for secret in secrets or (NEW_SECRET, OLD_SECRET)]
    return Authenticator(chosen, replay_window=300, clock=lambda: NOW)


def check(headers: dict[str, str], body: bytes = BODY, *secrets: str) -> None:
    given = {name.lower(): value for name, value in headers.items()}
    judge = authenticator(*secrets)
    judge.verify(judge.claim(given), body)


def refused(headers: dict[str, str], body: bytes = BODY, *secrets: str) -> str:
    with pytest.raises(UnsignedError) as caught:
        check(headers, body, *secrets)
    return caught.value.code


@pytest.mark.parametrize("secret", [NEW_SECRET, OLD_SECRET, "geheim ✓ " * 20])
def test_either_secret_is_good_while_one_is_replaced(secret: str) -> None:
    check(signed(BODY, secret=secret, at=NOW), BODY, NEW_SECRET, OLD_SECRET, secret)


def test_a_removed_secret_is_no_longer_good() -> None:
    assert refused(signed(BODY, secret=OLD_SECRET, at=NOW), BODY, NEW_SECRET) == "bad_signature"


def test_another_body_or_time_than_the_signed_one_is_refused() -> None:
    headers = signed(BODY, at=NOW)
    assert refused(headers, BODY + b" ") == "bad_signature"
    assert refused({**headers, "X-Sheetbridge-Timestamp": str(int(NOW) - 1)}) == "bad_signature"


@pytest.mark.parametrize("offset", [-300, -1, 0, 1, 299])
def test_within_the_replay_window_a_request_is_good(offset: int) -> None:
    check(signed(BODY, at=int(NOW) + 1 + offset))


@pytest.mark.parametrize("offset", [-301, 302, -10_000_000, 10_000_000])
def test_outside_the_replay_window_a_request_is_refused_both_ways(offset: int) -> None:
    assert refused(signed(BODY, at=int(NOW) + offset)) == "stale_timestamp"


@pytest.mark.parametrize("missing", ["X-Sheetbridge-Timestamp", "X-Sheetbridge-Signature"])
def test_an_unsigned_request_is_refused(missing: str) -> None:
    headers = signed(BODY, at=NOW)
    del headers[missing]
    assert refused(headers) == "unsigned"


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.removeprefix("v1="),
        lambda given: given.replace("v1=", "v2="),
        lambda given: given[:-1],
        lambda given: given + "0",
        lambda given: given[:-1] + "é",
        lambda given: given.upper(),
        lambda given: f"{given},{given}",
    ],
)
def test_a_signature_of_another_form_is_refused(change: Callable[[str], str]) -> None:
    headers = signed(BODY, at=NOW)
    signature = change(headers["X-Sheetbridge-Signature"])
    assert refused({**headers, "X-Sheetbridge-Signature": signature}) == "bad_signature"


@pytest.mark.parametrize("timestamp", ["1e9", "-1", " 1", "1.5", "٣", "9" * 13, "0x1"])
def test_a_timestamp_of_another_form_is_refused(timestamp: str) -> None:
    headers = {**signed(BODY, at=NOW), "X-Sheetbridge-Timestamp": timestamp}
    assert refused(headers) == "bad_signature"


def test_every_secret_is_compared_in_constant_time_whichever_matches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr("webhook.auth.hmac.compare_digest", counting)
    check(signed(BODY, secret=NEW_SECRET, at=NOW))
    check(signed(BODY, secret=OLD_SECRET, at=NOW))
    refused(signed(BODY, secret="another", at=NOW))
    assert len(compared) == 6
    assert all(len(one) == len(other) == 67 for one, other in compared)


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/v1/edits", "/v1/mappings"])
async def test_both_addresses_want_a_signature_and_refusals_change_nothing(
    webhook: Stage, path: str
) -> None:
    body = encoded(edit())
    cases = {
        "unsigned": {},
        "bad_signature": signed(body, secret="another"),
        "stale_timestamp": signed(body, at=time.time() - 1_000),
    }
    for expected, headers in cases.items():
        response = await webhook.client.post(path, content=body, headers=headers)
        assert response.status_code == 401
        assert code(response) == expected
    assert webhook.publisher.published == []


@pytest.mark.anyio
async def test_a_wrong_signature_goes_before_what_is_wrong_in_the_body(webhook: Stage) -> None:
    response = await webhook.client.post(
        "/v1/edits", content=b"{", headers=signed(b"{", secret="another")
    )
    assert response.status_code == 401
