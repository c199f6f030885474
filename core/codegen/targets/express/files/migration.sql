-- The table behind {{id}}. Every service that uses it runs this file when it starts, under a lock,
-- so each statement must be safe to run again.
CREATE TABLE IF NOT EXISTS "{{table}}" (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL,
  operation text NOT NULL,
  data jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS "{{table}}_key" ON "{{table}}" (key, id DESC);
