"""What stands between the commands and the pages: what is asked for, by whom, and how its pages are assembled."""
