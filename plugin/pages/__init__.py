"""From a command to its pages: options, access rights, and assembly."""
