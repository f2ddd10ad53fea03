"""One codec per column type: exact values between table, Debezium and cell."""
