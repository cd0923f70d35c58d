"""English: its words and the rules over them. The only folder that knows the language."""
