-- Whose database it is.
CREATE TABLE registrar (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    address BLOB NOT NULL CHECK (length(address) = 32),
    cluster BLOB NOT NULL CHECK (length(cluster) = 32)
) STRICT;

-- One tree and one key an epoch.
CREATE TABLE epochs (
    epoch INTEGER PRIMARY KEY CHECK (epoch >= 0),
    tree BLOB NOT NULL CHECK (length(tree) = 32),
    key_check BLOB NOT NULL CHECK (length(key_check) = 8),
    began_at INTEGER NOT NULL
) STRICT;

-- `place` is the leaf's index in the tree, known when the chain has taken it.
CREATE TABLE leaves (
    id INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epochs (epoch),
    tag BLOB NOT NULL CHECK (length(tag) = 32),
    idc BLOB NOT NULL CHECK (length(idc) = 32),
    wallet BLOB NOT NULL CHECK (length(wallet) = 32),
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    eidc BLOB NOT NULL CHECK (length(eidc) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    expiry INTEGER NOT NULL,
    place INTEGER,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'live', 'ended', 'revoked', 'refused')),
    created_at INTEGER NOT NULL,
    CHECK ((place IS NULL) = (state IN ('wanted', 'refused'))),
    UNIQUE (epoch, place)
) STRICT;
CREATE UNIQUE INDEX leaves_live ON leaves (epoch, tag) WHERE state IN ('wanted', 'live');

CREATE TABLE enrolments (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    idc BLOB NOT NULL CHECK (length(idc) = 32),
    wallet BLOB NOT NULL CHECK (length(wallet) = 32),
    nonce BLOB NOT NULL CHECK (length(nonce) = 32),
    euicc_challenge BLOB NOT NULL CHECK (length(euicc_challenge) = 16),
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    response BLOB CHECK (length(response) = 32),
    leaf INTEGER REFERENCES leaves (id),
    CHECK ((response IS NULL) = (leaf IS NULL))
) STRICT;
CREATE INDEX enrolments_open ON enrolments (expires_at) WHERE leaf IS NULL;

-- What the chain shall be told, in order.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('append', 'revoke', 'rotate')),
    leaf INTEGER REFERENCES leaves (id),
    key_check BLOB CHECK (length(key_check) = 8),
    state TEXT NOT NULL CHECK (state IN ('wanted', 'claimed', 'done', 'refused')),
    error TEXT,
    CHECK ((kind = 'rotate') = (leaf IS NULL)),
    CHECK ((kind = 'rotate') = (key_check IS NOT NULL))
) STRICT;
CREATE INDEX jobs_open ON jobs (id) WHERE state IN ('wanted', 'claimed');
CREATE UNIQUE INDEX jobs_claimed ON jobs (state) WHERE state = 'claimed';

-- Written before they are sent.
CREATE TABLE transactions (
    signature BLOB PRIMARY KEY CHECK (length(signature) = 64),
    job INTEGER NOT NULL REFERENCES jobs (id),
    bytes BLOB NOT NULL,
    valid_until INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'landed', 'expired', 'refused')),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX transactions_sent ON transactions (job) WHERE state = 'sent';
