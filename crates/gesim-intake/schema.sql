-- Files that were taken. `place` counts the rounds of the sequence numbers (1 to the format's last, then again): it orders a series.
CREATE TABLE files (
    format TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    test INTEGER NOT NULL,
    place INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    records INTEGER NOT NULL,
    charge TEXT NOT NULL,
    taken_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    PRIMARY KEY (format, sender, recipient, test, place)
) WITHOUT ROWID;
