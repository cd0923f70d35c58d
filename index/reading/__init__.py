"""From text to article: what each line is, and where sentences end."""
