#include "codec/content_digest.h"

#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "codec/sfv.h"

enum algorithm { SHA_512, SHA_256, ALGORITHMS };

static const struct {
	const char *name;
	size_t size;
} algorithms[ALGORITHMS] = {
        [SHA_512] = {"sha-512", crypto_hash_sha512_BYTES},
        [SHA_256] = {"sha-256", crypto_hash_sha256_BYTES},
};

static enum algorithm algorithm_of(struct bytes key)
{
	unsigned a = 0;

	while (a < ALGORITHMS && !bytes_eq_str(key, algorithms[a].name))
		a++;
	return (enum algorithm)a;
}

static void digest(enum algorithm a, struct bytes body, uint8_t out[crypto_hash_sha512_BYTES])
{
	if (a == SHA_256)
		sha256(body, out);
	else
		crypto_hash_sha512(out, body.p, body.n);
}

static enum result check_one(enum algorithm a, const struct sfv_member *m, struct bytes body)
{
	uint8_t given[crypto_hash_sha512_BYTES], own[crypto_hash_sha512_BYTES];
	enum result r;

	if (m->inner_list)
		return RESULT_THEIRS_MALFORMED;
	r = sfv_bytes(&m->item, given, algorithms[a].size);
	if (r)
		return r == RESULT_THEIRS_BAD_TYPE ? RESULT_THEIRS_MALFORMED : r;
	digest(a, body, own);
	return memcmp(given, own, algorithms[a].size) == 0 ? RESULT_OK : RESULT_THEIRS_UNAUTHENTIC;
}

enum result content_digest_check(struct bytes field, struct bytes body)
{
	bool seen[ALGORITHMS] = {false};
	struct sfv_member m;
	struct sfv s;

	sfv_init(&s, field);
	while (sfv_member_next(&s, &m)) {
		enum algorithm a = algorithm_of(m.key);

		if (a == ALGORITHMS)
			continue;
		if (seen[a])
			return RESULT_THEIRS_MALFORMED;
		seen[a] = true;
		TRY(check_one(a, &m, body));
	}
	if (s.failed)
		return RESULT_THEIRS_MALFORMED;
	return seen[SHA_512] || seen[SHA_256] ? RESULT_OK : RESULT_THEIRS_BAD_TYPE;
}

void content_digest_make(struct bytes body, char out[CONTENT_DIGEST_SIZE])
{
	uint8_t sum[crypto_hash_sha512_BYTES];
	struct buf b;

	digest(SHA_512, body, sum);
	buf_init(&b, out, CONTENT_DIGEST_SIZE);
	buf_bytes(&b, bytes_str("sha-512=:"));
	b.len += base64_encode(bytes_of(sum, sizeof(sum)), BASE64_STD, (char *)b.p + b.len);
	buf_bytes(&b, bytes_str(":"));
	buf_u8(&b, '\0');
}
