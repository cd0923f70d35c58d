"""What any server needs: quotas, order, counters, logs, health. Nothing here knows Telegram."""
