"""Conversations, whichever face they are held in: their state, their commands, and what those do."""
