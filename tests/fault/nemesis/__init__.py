"""The nemesis: writers on both sides of the real stack while its processes are killed and frozen.

``make nemesis MINUTES=10 SEED=1``. Afterwards everything that was acknowledged must be accounted
for (``checks``). The words are Jepsen's (https://jepsen.io): writers act, a nemesis does harm, a
history is kept and checked.
"""
