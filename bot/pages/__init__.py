"""What a conversation shows, as lines of words and looks."""
