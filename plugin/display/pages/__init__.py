"""The chapters and sections of the pages."""
