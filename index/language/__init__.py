"""Languages: English with its rules, the others as data. The only folder that knows words of theirs."""
