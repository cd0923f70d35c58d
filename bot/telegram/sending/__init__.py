"""Calls on their way out."""
