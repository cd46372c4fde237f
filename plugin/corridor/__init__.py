"""Between the rooms: carries values from one to the next, and does the scheduled and background work of each."""
