"""Articles and replies as plain values for JSON, and back."""
