"""Work in processes beside the caller's: answering and reading."""
