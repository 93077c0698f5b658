"""The pure heart: slots, states, rules, events, errors. Knows no database, no framework and no clock."""
