"""How many records topics have had: the end offsets of their only partitions."""

from __future__ import annotations

from collections.abc import Collection

# kafka-python ships no types.
from kafka import TopicPartition  # type: ignore[import-untyped]

from deploy.cli.kafka_reader import reader


def end_offsets(bootstrap: str, topics: Collection[str]) -> dict[str, int]:
    """The end offset of each topic that is there.

    Raises CommandError where no broker answers.
    """
    with reader(bootstrap) as consumer:
        # Asking for the end of a topic that is not there takes half a minute, in vain.
        there = consumer.topics()
        partitions = [TopicPartition(topic, 0) for topic in sorted(topics) if topic in there]
        ends = consumer.end_offsets(partitions) if partitions else {}
    return {partition.topic: int(end) for partition, end in ends.items()}
