"""The verbs of the command line, by theme; each file is imported when one of its verbs runs."""
