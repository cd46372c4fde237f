"""WHERE WE TELL IT: everything that leaves the bot for the outside."""
