-- How far each projection is behind the store. Seconds: the age of the oldest event it has not applied.
-- The count stops at 100,000: beyond that nobody needs it exact, and counting would load the store.
SELECT p.name, p.version, p.status, p.position, behind.events, coalesce(behind.seconds, 0) AS seconds,
    (SELECT count(*) FROM parked_streams s WHERE s.projection = p.name) AS parked, p.error
FROM projections p
CROSS JOIN LATERAL (
    SELECT count(*) AS events,
        greatest(extract(epoch FROM clock_timestamp() - min(e.recorded_at)), 0)::float8 AS seconds
    FROM (
        SELECT recorded_at FROM stored_events
        WHERE notification_id > p.position ORDER BY notification_id LIMIT 100000
    ) AS e
) AS behind
ORDER BY p.name
