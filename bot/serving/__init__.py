"""What any server needs: quotas, lanes, counters, logs, health and a small HTTP server; it knows no face."""
