"""Whole libraries: count, export and import, copy to a cluster and check it."""
