"""Answer questions and read sources in parallel processes."""
