"""From text to article: which lines are what, and where sentences end."""
