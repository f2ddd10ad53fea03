"""The pure heart: standard library only, no clock, no SQL, no Kafka, no network."""
