"""Render what a conversation shows, as lines of words with looks."""
