"""Whole libraries: count, export, import, rebuild, move to a cluster."""
