-- SPDX-License-Identifier: LGPL-3.0-or-later
-- Version 2 of the tables, for SQLite: personal data, which can be erased.
CREATE TABLE private (id BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
