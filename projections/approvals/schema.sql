-- What people are asked, and what they answered. An approval nobody can answer any more is abandoned.
CREATE TABLE {approvals} (
    id           uuid PRIMARY KEY,
    execution_id uuid NOT NULL,
    node         text COLLATE "C" NOT NULL,
    attempt      integer NOT NULL,
    purpose      text NOT NULL CHECK (purpose IN ('approval', 'tool', 'unknown')),
    status       text NOT NULL CHECK (status IN ('open', 'answered', 'abandoned')),
    message      text NOT NULL,
    form         jsonb,
    assignees    text[] NOT NULL,
    due_at       timestamptz,
    deadline     timestamptz NOT NULL,
    escalate_at  timestamptz,
    escalate_to  text[] NOT NULL,
    escalated_at timestamptz,
    approved     boolean,
    data         jsonb,
    answered_by  text,
    closed_at    timestamptz,
    {common}
);

CREATE INDEX ON {approvals} (execution_id, node);
CREATE INDEX ON {approvals} (tenant_id, created_at DESC, id DESC) WHERE status = 'open';
CREATE INDEX ON {approvals} (tenant_id, created_at DESC, id DESC);
