"""The faces of Pullquote: command line, console and Telegram."""
