# Only discovery.pyi is ours; every other module of the package is read from
# google-api-python-client-stubs.
