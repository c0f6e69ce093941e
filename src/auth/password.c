#include "auth/password.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/failpoint.h"
#include "base/text.h"

#define PASSES       2
#define MEMORY_BYTES ((size_t)64 * 1024 * 1024)

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's text fits");

void password_pepper(const struct secret32 *master, struct secret32 *out)
{
	hmac_sha256(bytes_of(master->b, sizeof(master->b)), bytes_str("florin password pepper 1"),
	        out->b);
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

enum result password_allowed(const char *text, size_t least)
{
	size_t n = strlen(text);

	if (n > PASSWORD_MAX)
		return RESULT_THEIRS_TOO_BIG;
	if (!text_is_clean_utf8(text, n))
		return RESULT_THEIRS_MALFORMED;
	return n == 0 || characters(text) < least ? RESULT_THEIRS_TRUNCATED : RESULT_OK;
}

/* Tests with many people who sign in need not wait for each. */
static size_t memory_bytes(void)
{
	return FAILPOINT("password.cheap") ? crypto_pwhash_MEMLIMIT_MIN : MEMORY_BYTES;
}

static enum result make(const struct secret32 *peppered, char out[PASSWORD_HASH_SIZE])
{
	if (crypto_pwhash_str_alg(out, (const char *)peppered->b, sizeof(peppered->b), PASSES,
	            memory_bytes(), crypto_pwhash_ALG_ARGON2ID13) == 0)
		return RESULT_OK;
	out[0] = '\0';
	return RESULT_OURS_MEMORY;
}

static enum result check(struct password_job *j)
{
	char unused[PASSWORD_HASH_SIZE];
	enum result r;

	if (!j->hash[0]) {
		r = make(&j->peppered, unused);
		return r ? r : RESULT_THEIRS_UNAUTHENTIC;
	}
	/* libsodium does not tell a lack of memory from another password. */
	if (crypto_pwhash_str_verify(j->hash, (const char *)j->peppered.b, sizeof(j->peppered.b)) !=
	        0)
		return RESULT_THEIRS_UNAUTHENTIC;
	/* The check stands also where no new hash can be made now. */
	if (crypto_pwhash_str_needs_rehash(j->hash, PASSES, memory_bytes()) != 0)
		(void)!make(&j->peppered, j->renewed);
	return RESULT_OK;
}

static void run(struct job *job)
{
	struct password_job *j = OWNER_OF(job, struct password_job, job);

	switch (j->work) {
	case PASSWORD_MAKE:
		j->result = make(&j->peppered, j->hash);
		break;
	case PASSWORD_CHECK:
		j->result = check(j);
		break;
	}
	secret_clear(&j->peppered);
}

void password_take(struct password_job *j, enum password_work work, const struct secret32 *pepper,
        const char *text, const char *hash)
{
	int ready = sodium_init(); /* 1 where it was called before */

	assert(ready >= 0);
	(void)ready;
	j->job.run = run;
	j->work = work;
	j->result = RESULT_OURS_BUG;
	j->renewed[0] = '\0';
	hmac_sha256(bytes_of(pepper->b, sizeof(pepper->b)), bytes_str(text), j->peppered.b);
	text_copy_cut(j->hash, sizeof(j->hash), hash ? hash : "");
}

void password_clear(struct password_job *j)
{
	secret_clear(&j->peppered);
	secret_wipe(j->hash, sizeof(j->hash));
	secret_wipe(j->renewed, sizeof(j->renewed));
}
