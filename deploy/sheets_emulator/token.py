"""The OAuth 2 token endpoint, for service accounts and refresh tokens.

Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
Any well-formed assertion is good: the emulator has no keys to check it with. Tokens carry their
user and end, sealed with a key, so that they outlive a restart when the key does.
"""

import base64
import binascii
import hmac
import time

import orjson

from deploy.sheets_emulator.json_types import JsonObject

LIFETIME_SECONDS = 3600
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_PREFIX = "ya29.emulator"


class GrantError(Exception):
    """A refused grant; args are OAuth's error code and its description."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class TokenIssuer:
    """Gives out access tokens and tells whose they are."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def grant(self, form: dict[str, str]) -> JsonObject:
        """The token answer for a JWT bearer or refresh-token grant; GrantError otherwise."""
        kind = form.get("grant_type")
        if kind == _JWT_BEARER:
            user = _subject(form.get("assertion", ""))
        elif kind == "refresh_token":
            if not form.get("refresh_token"):
                raise GrantError("invalid_request", "Missing required parameter: refresh_token")
            user = f"{form.get('client_id', 'client')}/{form['refresh_token']}"
        else:
            raise GrantError("unsupported_grant_type", f"Invalid grant_type: {kind}")
        return {
            "access_token": self.issue(user),
            "expires_in": LIFETIME_SECONDS,
            "token_type": "Bearer",
        }

    def issue(self, user: str) -> str:
        """An access token for a user, good for an hour."""
        claims = orjson.dumps([user, int(time.time()) + LIFETIME_SECONDS])
        payload = base64.urlsafe_b64encode(claims).decode().rstrip("=")
        return f"{_PREFIX}.{payload}.{self._seal(payload)}"

    def user_of(self, token: str) -> str | None:
        """The user of a token that this emulator gave and that has not ended; else None."""
        prefix, _, rest = token.rpartition(f"{_PREFIX}.")
        payload, _, seal = rest.partition(".")
        if prefix or not hmac.compare_digest(seal.encode(), self._seal(payload).encode()):
            return None
        user, end = orjson.loads(_decoded(payload))
        return str(user) if time.time() < end else None

    def _seal(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), "sha256").hexdigest()[:32]


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _subject(assertion: str) -> str:
    """The `sub` or `iss` of a JWT with three parts."""
    parts = assertion.split(".")
    try:
        claims = orjson.loads(_decoded(parts[1])) if len(parts) == 3 else None
    except (binascii.Error, orjson.JSONDecodeError, ValueError):
        claims = None
    if not isinstance(claims, dict) or not isinstance(claims.get("iss"), str):
        raise GrantError("invalid_grant", "Invalid JWT: the assertion could not be read.")
    return str(claims.get("sub") or claims["iss"])
