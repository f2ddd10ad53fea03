"""Load that costs little: signed beforehand, sent by a bare socket loop in a process of its own."""
