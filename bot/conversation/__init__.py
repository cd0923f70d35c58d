"""What a conversation is, asks and does, whichever face it is held in."""
