-- The accounts of a stack that Sheetbridge itself sets up, one statement a line (mysqld --init-file).
-- Each password is filled in by whoever runs this: deploy/local, or deploy/mysql/accounts.sh in a container.
-- Not in the binlog: a replica and Debezium have no use for them.
SET SESSION sql_log_bin = 0;
CREATE DATABASE IF NOT EXISTS sheetbridge;
CREATE DATABASE IF NOT EXISTS demo;

-- The sink: its own schema, the mapped databases, and numbered GTIDs of its own.
CREATE USER IF NOT EXISTS 'sheetbridge'@'%';
ALTER USER 'sheetbridge'@'%' IDENTIFIED BY '${SHEETBRIDGE_DATABASE_PASSWORD}';
GRANT ALL ON `sheetbridge`.* TO 'sheetbridge'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON `demo`.* TO 'sheetbridge'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE ON `demo\_%`.* TO 'sheetbridge'@'%';
GRANT REPLICATION_APPLIER, REPLICATION CLIENT ON *.* TO 'sheetbridge'@'%';

-- Debezium.
CREATE USER IF NOT EXISTS 'sheetbridge_cdc'@'%';
ALTER USER 'sheetbridge_cdc'@'%' IDENTIFIED BY '${SHEETBRIDGE_CDC_PASSWORD}';
GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, LOCK TABLES ON *.* TO 'sheetbridge_cdc'@'%';

-- An application that knows nothing of Sheetbridge, and somebody who only looks.
CREATE USER IF NOT EXISTS 'app'@'%';
ALTER USER 'app'@'%' IDENTIFIED BY '${SHEETBRIDGE_APP_PASSWORD}';
GRANT ALL ON `demo`.* TO 'app'@'%';
GRANT ALL ON `demo\_%`.* TO 'app'@'%';
CREATE USER IF NOT EXISTS 'reader'@'%';
ALTER USER 'reader'@'%' IDENTIFIED BY '${SHEETBRIDGE_READER_PASSWORD}';
GRANT SELECT ON `demo`.* TO 'reader'@'%';
GRANT SELECT ON `demo\_%`.* TO 'reader'@'%';
