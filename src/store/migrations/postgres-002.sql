-- SPDX-License-Identifier: LGPL-3.0-or-later
-- Version 2 of the tables, for PostgreSQL 15: personal data, which can be erased.
CREATE TABLE private (id bytea PRIMARY KEY, bytes bytea NOT NULL);
