"""The texts of the mails, in French and English; knows no database, no clock, and not how a mail is sent.

`templates/<language>/<kind>.jinja` holds the words alone, `say.jinja` the labels; `layout.txt` and `layout.html` set
both, with the dates of a series from `dates` and its rule from `recurrence`. `story` tells a reservation's history.
French is written in the templates with plain spaces: `writing` puts the no-break ones.
"""
