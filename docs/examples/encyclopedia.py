"""A small MCP server, spoken to over standard input and output."""

from mcp.server import MCPServer

WORDS = {
    "tide": "The rise and fall of the sea, twice a day. The moon pulls at the water.",
    "kettle": "A pot with a spout, in which water is boiled.",
    "queen": "The only bee of a hive that lays eggs.",
}
server = MCPServer("encyclopedia")


@server.tool(structured_output=False)
def lookup(word: str) -> str:
    return WORDS.get(word.strip().lower(), f"There is nothing about {word!r} here.")


if __name__ == "__main__":
    server.run(transport="stdio")
