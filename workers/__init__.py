"""What happens after a request was taken: events are relayed, requests decided, invitations sent."""
