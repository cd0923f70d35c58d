"""What the bot shows."""
