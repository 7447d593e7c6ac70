"""Agent: who turns the crank; engines, tools, conversation, store."""
