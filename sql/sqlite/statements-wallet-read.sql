-- What a wallet says about itself beside its name.

-- name: wallet_property_list
SELECT key, value, visible FROM wallet_property WHERE wallet = ?1 ORDER BY key LIMIT ?2
