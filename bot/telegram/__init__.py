"""The Telegram face: the only folder that imports telegram."""
