"""Parse untrusted bytes in a child process that can be killed."""
