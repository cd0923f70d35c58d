"""Passages for the frameworks that others build on: Haystack, LangChain, LlamaIndex. Each needs its extra."""
