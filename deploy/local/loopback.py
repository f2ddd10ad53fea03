"""HTTP to the services of this machine."""

from __future__ import annotations

from typing import Final

import httpx

LOOPBACK: Final = httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0))
"""A client for single requests, from any thread; it keeps no connection that a restart would cut.

It talks plain HTTP only, so it reads no certificate authorities: httpx's own functions do that at
each call (https://www.python-httpx.org/advanced/ssl/), for longer than most requests take.
"""
