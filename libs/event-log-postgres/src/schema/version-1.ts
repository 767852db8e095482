import { MAX_RECORD_BYTES } from '@openclaw/event-log';
import { EVERY_TOPIC, WRITER_ROLE } from './names';

/** Tables and functions of schema version 1. Released versions are never edited: add `version-2.ts`. */
export const version1 = (schema: string): string => `
${tables}
${guards(schema)}
${appendFunctions(schema)}
${topicFunctions(schema)}
${rights(schema)}
`;

const tables = `
CREATE TABLE store (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  store_id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO store DEFAULT VALUES;

CREATE TABLE topics (
  topic text COLLATE "C" PRIMARY KEY,
  partitions int NOT NULL CHECK (partitions > 0),
  retention_ms bigint CHECK (retention_ms > 0)  -- null: for ever
);

-- One row per journal: the counter that gives offsets. It is locked from the update in append() to its commit, so
-- offsets are gapless and in commit order. A small fill factor keeps its row versions on one page (HOT updates).
CREATE TABLE journals (
  journal_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text COLLATE "C" NOT NULL REFERENCES topics,
  partition int NOT NULL CHECK (partition >= 0),
  next_offset bigint NOT NULL DEFAULT 0,
  oldest_offset bigint NOT NULL DEFAULT 0,
  last_appended_at timestamptz NOT NULL DEFAULT '-infinity',
  UNIQUE (topic, partition)
) WITH (fillfactor = 10);

CREATE TABLE records (
  journal_id int NOT NULL,
  "offset" bigint NOT NULL,
  appended_at timestamptz NOT NULL,
  key text NOT NULL,
  value bytea NOT NULL CHECK (octet_length(value) <= ${MAX_RECORD_BYTES}),
  PRIMARY KEY (journal_id, "offset")
);

CREATE TABLE append_rights (
  login name NOT NULL,
  topic text COLLATE "C" NOT NULL,
  PRIMARY KEY (login, topic)
);
`;

/** The second wall, behind the missing rights: these hold for the owner too, and "always" also in a replica session. */
const guards = (schema: string): string => `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is immutable: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION refuse_early_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = ${schema}, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone
      LEFT JOIN journals USING (journal_id)
      LEFT JOIN topics USING (topic)
     WHERE topics.retention_ms IS NULL
        OR gone.appended_at >= clock_timestamp() - topics.retention_ms * interval '1 millisecond'
  ) THEN
    RAISE EXCEPTION 'history is immutable: DELETE on records' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER history_update BEFORE UPDATE ON records EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_truncate BEFORE TRUNCATE ON records EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_delete AFTER DELETE ON records REFERENCING OLD TABLE AS gone
  EXECUTE FUNCTION refuse_early_delete();

CREATE TRIGGER history_delete BEFORE DELETE ON journals EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_truncate BEFORE TRUNCATE ON journals EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_update BEFORE UPDATE ON journals FOR EACH ROW
  WHEN (NEW.next_offset < OLD.next_offset OR NEW.oldest_offset < OLD.oldest_offset
     OR NEW.oldest_offset > NEW.next_offset OR NEW.last_appended_at < OLD.last_appended_at
     OR (NEW.journal_id, NEW.topic, NEW.partition) IS DISTINCT FROM (OLD.journal_id, OLD.topic, OLD.partition))
  EXECUTE FUNCTION refuse_change();

CREATE TRIGGER history_delete BEFORE DELETE ON topics EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_truncate BEFORE TRUNCATE ON topics EXECUTE FUNCTION refuse_change();
-- What was promised for ever stays for ever; a limit may be changed.
CREATE TRIGGER history_update BEFORE UPDATE ON topics FOR EACH ROW
  WHEN (NEW.topic <> OLD.topic OR NEW.partitions <> OLD.partitions
     OR (OLD.retention_ms IS NULL AND NEW.retention_ms IS NOT NULL))
  EXECUTE FUNCTION refuse_change();

DO $$
DECLARE guard record;
BEGIN
  FOR guard IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
                WHERE tgname LIKE 'history\\_%' AND tgrelid IN ('records'::regclass, 'journals'::regclass, 'topics'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', guard.relation, guard.tgname);
  END LOOP;
END $$;
`;

/** How many guards a sound schema has; fewer enabled ones are a fault (\`ensureTopics\`). */
export const GUARD_COUNT = 9;

const appendFunctions = (schema: string): string => `
CREATE FUNCTION may_append(wanted text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = ${schema}, pg_temp
RETURN EXISTS (SELECT FROM append_rights WHERE login = session_user AND topic IN (wanted, '${EVERY_TOPIC}'));

-- Appends a group of records: keys[i] and the next sizes[i] bytes of packed. One statement, committed by itself: a
-- client that dies or is cut off cannot hold the lock of the counter. The time is taken when the row is locked (after
-- a wait PostgreSQL computes the new row again) and never goes back within a journal.
CREATE FUNCTION append(journal int, keys text[], sizes int[], packed bytea) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
DECLARE
  first_offset bigint;
  appended timestamptz;
  taken CONSTANT int := cardinality(sizes);
BEGIN
  IF taken < 1 OR cardinality(keys) <> taken OR (SELECT sum(size) FROM unnest(sizes) size) <> octet_length(packed) THEN
    RAISE EXCEPTION 'keys, sizes and values do not belong together' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE journals AS j
     SET next_offset = j.next_offset + taken,
         last_appended_at = greatest(j.last_appended_at, clock_timestamp())
   WHERE j.journal_id = journal AND may_append(j.topic)
  RETURNING j.next_offset - taken, j.last_appended_at INTO first_offset, appended;
  IF first_offset IS NULL THEN
    RAISE EXCEPTION '% may not append to journal %', session_user, journal USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO records (journal_id, "offset", appended_at, key, value)
  SELECT journal, first_offset + n - 1, appended, r.key, substring(packed FROM r.start FOR r.size)
    FROM (SELECT k AS key, size, n, (1 + sum(size) OVER (ORDER BY n) - size)::int AS start
            FROM unnest(keys, sizes) WITH ORDINALITY AS given (k, size, n)) AS r;
  RETURN first_offset;
END $$;

`;

const topicFunctions = (schema: string): string => `
-- Creates a topic with its journals; one that exists is left as it is.
CREATE FUNCTION ensure_topic(wanted text, partition_count int, retention bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
BEGIN
  IF NOT may_append(wanted) THEN
    RAISE EXCEPTION '% may not create topic %', session_user, wanted USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO topics (topic, partitions, retention_ms) VALUES (wanted, partition_count, retention) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    INSERT INTO journals (topic, partition) SELECT wanted, generate_series(0, partition_count - 1);
  END IF;
END $$;

-- Deletes at most rows_max expired records from the beginning of a journal and says how many went. Times never go
-- back within a journal, so the expired ones are a prefix. The counter row comes last: appends wait for one commit.
CREATE FUNCTION expire(journal int, rows_max int) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = ${schema}, pg_temp AS $$
DECLARE
  keep_from bigint;
  start bigint;
  expired_before timestamptz;
  deleted bigint;
BEGIN
  SELECT j.oldest_offset, clock_timestamp() - t.retention_ms * interval '1 millisecond' INTO start, expired_before
    FROM journals j JOIN topics t USING (topic) WHERE j.journal_id = journal AND may_append(j.topic);
  IF expired_before IS NULL OR NOT pg_try_advisory_xact_lock(hashtext('${schema}.expire'), journal) THEN
    RETURN 0;
  END IF;
  SELECT coalesce(min(r."offset") FILTER (WHERE r.appended_at >= expired_before), max(r."offset") + 1, start) INTO keep_from
    FROM (SELECT "offset", appended_at FROM records
           WHERE journal_id = journal AND "offset" >= start ORDER BY "offset" LIMIT rows_max) AS r;
  DELETE FROM records WHERE journal_id = journal AND "offset" >= start AND "offset" < keep_from;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  IF deleted > 0 THEN
    UPDATE journals AS j SET oldest_offset = keep_from WHERE j.journal_id = journal AND j.oldest_offset < keep_from;
  END IF;
  RETURN deleted;
END $$;
`;

const rights = (schema: string): string => `
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA ${schema} TO ${WRITER_ROLE};
GRANT SELECT ON store, topics, journals, records, append_rights TO ${WRITER_ROLE};
GRANT EXECUTE ON FUNCTION append(int, text[], int[], bytea), ensure_topic(text, int, bigint), expire(int, int)
  TO ${WRITER_ROLE};
`;
