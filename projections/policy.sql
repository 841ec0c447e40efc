-- Whose rows the edge sees in a transaction, by its settings: one tenant's, one partner's, or everybody's. An unset
-- setting is '' or NULL and shows nothing. Each (SELECT …) is asked once per query, not per row; and a CASE tells
-- the planner nothing about how many rows pass, so that it keeps to the order a page is read in.
CASE
    WHEN (SELECT nullif(current_setting('app.tenant_id', true), '')) IS NOT NULL
        THEN tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)
    WHEN (SELECT nullif(current_setting('app.partner_id', true), '')) IS NOT NULL
        THEN {of_partner}
    ELSE (SELECT current_setting('app.scope', true) = 'platform')
END
