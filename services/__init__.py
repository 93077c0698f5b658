"""What people and programs call: the JSON API and the command line."""
