"""Debezium on Kafka Connect: the connector template and its registration."""
