-- SPDX-License-Identifier: LGPL-3.0-or-later
-- Version 1 of the tables, for SQLite.
CREATE TABLE events (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL, nodes BLOB NOT NULL) STRICT;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
CREATE TABLE blobs (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE state (name TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID;
-- Against accidents; against malice there is the tree.
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'an event never changes'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'an event is never removed'); END;
CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints BEGIN SELECT raise(ABORT, 'a checkpoint is never removed'); END;
