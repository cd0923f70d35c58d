"""Pullquote for assistants that speak MCP, the Model Context Protocol; the only folder that imports `mcp`."""
