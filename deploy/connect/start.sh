#!/bin/bash
# Starts the worker in the Debezium image with the settings that the local stack uses too, and the
# addresses of this container network. (The image's own entry point builds its settings anew from
# variables; they would then be kept in two places.)
set -euo pipefail

settings=/tmp/worker.properties
cp /etc/sheetbridge/worker.properties "$settings"
cat >>"$settings" <<END
bootstrap.servers=$BOOTSTRAP_SERVERS
listeners=http://0.0.0.0:8083
rest.advertised.host.name=$HOSTNAME
rest.advertised.port=8083
plugin.path=$KAFKA_CONNECT_PLUGINS_DIR
config.providers.file.param.allowed.paths=/run/secrets
END
exec "$KAFKA_HOME/bin/connect-distributed.sh" "$settings"
