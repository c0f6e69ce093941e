-- What people write to each other along with payments: end-to-end encrypted on the way, kept here.

CREATE TABLE note (
	key INTEGER PRIMARY KEY,
	outgoing INTEGER REFERENCES outgoing_payment,  -- it belongs to this payment of ours, or
	incoming INTEGER REFERENCES incoming_payment,  -- to this one to us
	received INTEGER NOT NULL CHECK (received IN (0, 1)),  -- 0: written on this node
	stream INTEGER NOT NULL CHECK (stream >= 0),  -- of the connection; 0: it needed none
	text TEXT NOT NULL CHECK (length(text) > 0),
	created_ms INTEGER NOT NULL,
	delivered_ms INTEGER,  -- the other end has it; NULL: nothing says so
	CHECK ((outgoing IS NULL) <> (incoming IS NULL))
) STRICT;

-- Serve the notes of one payment; what comes a second time is there already.
CREATE UNIQUE INDEX note_of_outgoing ON note (outgoing, received, stream, text)
	WHERE outgoing IS NOT NULL;
CREATE UNIQUE INDEX note_of_incoming ON note (incoming, received, stream, text)
	WHERE incoming IS NOT NULL;

-- What a wallet's holder answers to every note.
CREATE TABLE wallet_reply (
	wallet INTEGER PRIMARY KEY REFERENCES wallet,
	text TEXT NOT NULL CHECK (length(text) > 0)
) STRICT;
