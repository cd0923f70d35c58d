"""What is kept of chats, and where."""
