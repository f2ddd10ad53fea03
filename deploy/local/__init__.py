"""The real stack as processes of this machine, without Docker.

``provision`` brings the pinned servers into the user's cache, ``stack`` starts and stops them,
``endpoints`` says where they listen. ``python -m deploy.local up|down|status`` does it by hand.
"""
