"""The commands of whoever runs an installation: tokens, partners, rooms, the site; each is one transaction."""
