#include "http/tls.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define PEM_BYTES_MAX (256 * 1024)
#define KEY_ID_BYTES  64

struct pair {
	struct pair *before; /* handshakes may still use it: freed at the end */
	gnutls_pcert_st chain[TLS_CHAIN_MAX];
	unsigned chain_n;
	gnutls_privkey_t key;
};

static _Atomic(struct pair *) in_force;

static void pair_free(struct pair *p)
{
	for (unsigned i = 0; i < p->chain_n; i++)
		gnutls_pcert_deinit(&p->chain[i]);
	if (p->key)
		gnutls_privkey_deinit(p->key);
	free(p);
}

static enum result refuse(char why[TLS_WHY_SIZE], const char *file, const char *reason)
{
	snprintf(why, TLS_WHY_SIZE, "%.150s: %.90s", file, reason);
	return RESULT_OURS_CONFIG;
}

static enum result read_chain(struct pair *p, const char *file, char why[TLS_WHY_SIZE])
{
	unsigned n = TLS_CHAIN_MAX;
	gnutls_datum_t pem;
	int failed = gnutls_load_file(file, &pem);

	if (failed)
		return refuse(why, file, gnutls_strerror(failed));
	if (pem.size > PEM_BYTES_MAX)
		failed = GNUTLS_E_BASE64_DECODING_ERROR;
	else
		failed = gnutls_pcert_list_import_x509_raw(
		        p->chain, &n, &pem, GNUTLS_X509_FMT_PEM, 0);
	gnutls_free(pem.data);
	if (failed || n == 0)
		return refuse(why, file, failed ? gnutls_strerror(failed) : "no certificate");
	p->chain_n = n;
	return RESULT_OK;
}

static enum result read_key(struct pair *p, const char *file, char why[TLS_WHY_SIZE])
{
	gnutls_datum_t pem;
	int failed = gnutls_load_file(file, &pem);

	if (failed)
		return refuse(why, file, gnutls_strerror(failed));
	failed = gnutls_privkey_init(&p->key);
	if (!failed)
		failed = gnutls_privkey_import_x509_raw(p->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	secret_wipe(pem.data, pem.size);
	gnutls_free(pem.data);
	return failed ? refuse(why, file, gnutls_strerror(failed)) : RESULT_OK;
}

/* A key of another certificate would fail every handshake. */
static enum result check_match(const struct pair *p, const char *key_file, char why[TLS_WHY_SIZE])
{
	unsigned char ids[2][KEY_ID_BYTES];
	size_t sizes[2] = {KEY_ID_BYTES, KEY_ID_BYTES};
	gnutls_pubkey_t of_key;
	bool same;

	if (gnutls_pubkey_init(&of_key))
		return RESULT_OURS_MEMORY;
	same = gnutls_pubkey_import_privkey(of_key, p->key, 0, 0) == 0 &&
	       gnutls_pubkey_get_key_id(of_key, 0, ids[0], &sizes[0]) == 0 &&
	       gnutls_pubkey_get_key_id(p->chain[0].pubkey, 0, ids[1], &sizes[1]) == 0 &&
	       sizes[0] == sizes[1] && memcmp(ids[0], ids[1], sizes[0]) == 0;
	gnutls_pubkey_deinit(of_key);
	return same ? RESULT_OK : refuse(why, key_file, "it is the key of another certificate");
}

enum result tls_load(const char *certificate_file, const char *key_file, char why[TLS_WHY_SIZE])
{
	struct pair *p = calloc(1, sizeof(*p));
	enum result r = RESULT_OURS_MEMORY;

	snprintf(why, TLS_WHY_SIZE, "out of memory");
	if (!p)
		return r;
	r = read_chain(p, certificate_file, why);
	if (!r)
		r = read_key(p, key_file, why);
	if (!r)
		r = check_match(p, key_file, why);
	if (r) {
		pair_free(p);
		return r;
	}
	why[0] = '\0';
	p->before = atomic_load(&in_force);
	atomic_store(&in_force, p);
	return RESULT_OK;
}

void tls_clear(void)
{
	struct pair *p = atomic_exchange(&in_force, NULL);

	while (p) {
		struct pair *before = p->before;

		pair_free(p);
		p = before;
	}
}

int tls_choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authorities_n,
        const gnutls_pk_algorithm_t *algorithms, int algorithms_n, gnutls_pcert_st **chain,
        unsigned *chain_n, gnutls_privkey_t *key)
{
	struct pair *p = atomic_load(&in_force);

	(void)session;
	(void)authorities;
	(void)authorities_n;
	(void)algorithms;
	(void)algorithms_n;
	if (!p)
		return -1;
	*chain = p->chain;
	*chain_n = p->chain_n;
	*key = p->key;
	return 0;
}
