"""Serve articles over HTTP: an interface for programs and a reading room for people; the only home of Starlette."""
