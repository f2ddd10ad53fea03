"""A service account's key for the emulator: the form is Google's, the key pair is our own.

Google's client signs its request for a token with it and sends that to ``token_uri``, which is the
emulator's (https://developers.google.com/identity/protocols/oauth2/service-account).
"""

from __future__ import annotations

import json
import secrets

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)


def private_key() -> str:
    """A new RSA key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode("ascii")


def key_file(name: str, *, sheets_url: str, key: str) -> str:
    """The JSON text of a key file for ``name@<project>``; each name has a project of its own."""
    project = f"sheetbridge-{name}"
    return (
        json.dumps(
            {
                "type": "service_account",
                "project_id": project,
                "private_key_id": secrets.token_hex(20),
                "private_key": key,
                "client_email": f"{name}@{project}.iam.gserviceaccount.com",
                "client_id": str(secrets.randbelow(10**21)),
                "token_uri": f"{sheets_url}/token",
            },
            indent=2,
        )
        + "\n"
    )
