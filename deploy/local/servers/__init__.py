"""The third-party servers: for each, its files, its command line and its readiness."""
