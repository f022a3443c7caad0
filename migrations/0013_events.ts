import { script } from "./script.ts"

export default script([
  // What happened, in the order of id. entity: what it happened to. payload: ids, and what will be gone when it is read.
  `CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type text NOT NULL,
    entity uuid NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
  )`,

  // Ids are taken in one order and committed in another, so whoever reads up to the highest id it sees loses the events
  // of slower transactions. Therefore a transaction says, before it takes its first id, that its ids will be above the
  // last one taken so far: an advisory lock, shared, whose second key is that id (its low 31 bits). PostgreSQL lets go of
  // it after the transaction's rows are visible, whatever becomes of the process. Once a transaction is enough; the
  // setting ends, as the lock does, with the transaction or its savepoint.
  `CREATE FUNCTION events_announce() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF coalesce(current_setting('zst.events_announced', true), '') = '' THEN
      PERFORM pg_advisory_xact_lock_shared(
        7305008, (coalesce(pg_sequence_last_value('events_id_seq'), 0) & 2147483647)::int);
      PERFORM set_config('zst.events_announced', 'yes', true);
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER events_announce BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION events_announce()`,

  // Up to horizon no event can still appear; last is the last id taken. last is looked up first: who announces
  // themselves after that takes ids above it. Events are read in a later statement, whose snapshot has all of them.
  `CREATE FUNCTION events_horizon(OUT horizon bigint, OUT last bigint) LANGUAGE plpgsql AS $$
  BEGIN
    last := coalesce(pg_sequence_last_value('events_id_seq'), 0);
    SELECT least(last, min(last + ((objid::bigint - last + 1073741824) & 2147483647) - 1073741824)) INTO horizon
    FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7305008 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  END $$`,

  // The same, with the types of the events since one that was seen: of 10,000 at most.
  `CREATE FUNCTION events_since(seen bigint, OUT horizon bigint, OUT last bigint, OUT types text[]) LANGUAGE plpgsql AS $$
  BEGIN
    SELECT h.horizon, h.last INTO horizon, last FROM events_horizon() h;
    types := ARRAY(SELECT DISTINCT type FROM events WHERE id > seen AND id <= least(horizon, seen + 10000));
  END $$`,

  // How far each consumer has read. id: the subject of what the audit log says. failures: how often in a row it failed at failed_event, until retry_at.
  `CREATE TABLE event_consumers (
    name text PRIMARY KEY,
    id uuid NOT NULL UNIQUE DEFAULT uuidv7(),
    types text[] NOT NULL,
    position bigint NOT NULL,
    failures int NOT NULL DEFAULT 0,
    failed_event bigint,
    failure text,
    retry_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`
])
