-- How each tenant pays. Names of the provider's, never card data.
CREATE TABLE {payment_accounts} (
    provider text,
    customer text,
    method   text,
    offered  text,
    code     text,
    message  text,
    {common},
    PRIMARY KEY (tenant_id)
);
