"""Every component in every state, for the people who build pages. Part of the demo and of development only."""
