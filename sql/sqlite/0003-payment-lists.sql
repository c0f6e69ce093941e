-- Indexes for lists of outgoing payments by time, as incoming ones have them.

-- Serves the list of the payments of both directions.
CREATE INDEX payment_by_time ON outgoing_payment (created_ms, id);
