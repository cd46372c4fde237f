"""What happens: commands, responses, resources and the connection, seen without changing the bot."""
