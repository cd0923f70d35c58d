"""What the bot does about a message or a tap."""
