-- A client's nonces count together, whichever of its keys they are of: keys cost nothing to make.
-- Start of the SHA-256 of what it is counted by (store/nonce.h); of the public key before this step.
ALTER TABLE signature_nonce RENAME COLUMN key TO client;
