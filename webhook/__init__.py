"""The webhook: takes signed sheet edits and says yes once Kafka has them."""
