"""The versions that the local stack runs and that ``deploy/compose.yaml`` must name too.

A test compares this page with ``pom.xml``, ``compose.yaml`` and the ``Dockerfile``.
"""

from __future__ import annotations

MYSQL_SERIES = "9.7"
"""The MySQL series that the tests ran; Debian serves its newest release."""

MYSQL_MINIMUM = (8, 4)
"""The oldest mysqld on the PATH that is taken instead of a download."""

KAFKA = "4.3.0"
"""Kafka and Kafka Connect."""

DEBEZIUM = "3.6.1.Final"
"""The Debezium MySQL connector."""

LOG4J = "2.25.4"
"""The binding without which Connect logs nothing."""

JAVA_MINIMUM = 17
"""Kafka 4 brokers need Java 17."""

NODE_MINIMUM = 20
"""The emulator's Apps Script host needs Node.js 20."""

MYSQL_IMAGE = f"mysql:{MYSQL_SERIES}"
"""The series, not a patch release: Debian's and the image's newest are not always the same one."""
KAFKA_IMAGE = f"apache/kafka:{KAFKA}"
CONNECT_IMAGE = f"quay.io/debezium/connect:{DEBEZIUM}"
