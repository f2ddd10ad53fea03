"""The sink: merges both streams and writes the result to the opposite side."""

from sink.compiled import take_compiled

take_compiled()
