"""`creneau demo`: a coordinator's and a trainer's autumn in Arras, played against a running system."""
