-- SPDX-License-Identifier: LGPL-3.0-or-later
-- Version 1 of the tables, for PostgreSQL 15.
CREATE TABLE plenty (version integer NOT NULL);
INSERT INTO plenty VALUES (0);
CREATE TABLE events (position bigint PRIMARY KEY, bytes bytea NOT NULL, nodes bytea NOT NULL);
CREATE TABLE checkpoints (size bigint PRIMARY KEY, note bytea NOT NULL);
CREATE TABLE blobs (hash bytea PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE state (name text COLLATE "C" NOT NULL, key bytea NOT NULL, value bytea NOT NULL, PRIMARY KEY (name, key));
-- Against accidents; against malice there is the tree.
CREATE FUNCTION plenty_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'what is in the record stays'; END $$;
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION plenty_stays();
CREATE TRIGGER checkpoints_remain BEFORE DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION plenty_stays();
