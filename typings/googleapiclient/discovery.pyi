# What we use of googleapiclient.discovery. google-api-python-client-stubs declares build() once
# for each of Google's APIs, and so has mypy read some 300 pages of types: most of a cold run. Here
# what we call is declared for the one API that we use, whose own types are still those of that
# package.

from types import TracebackType
from typing import Any, Literal, Self

import httplib2
from googleapiclient._apis.sheets.v4 import SheetsResource

class Resource:
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None: ...
    def close(self) -> None: ...

def build_from_document(
    service: dict[str, Any],
    http: httplib2.Http | None = None,
    *,
    client_options: dict[str, str] | None = None,
) -> SheetsResource: ...
def build(
    serviceName: Literal["sheets"],
    version: Literal["v4"],
    http: httplib2.Http | None = None,
    *,
    client_options: dict[str, str] | None = None,
    static_discovery: bool | None = None,
) -> SheetsResource: ...
