"""The road from a question to a reply: understand, retrieve, rank, judge, compose."""
