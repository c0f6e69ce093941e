/* tls: certificate and key of the public listener, and their renewal while it serves.
 *
 * TLS 1.2 and 1.3 with authenticated encryption only. Handshakes take the pair that is in force
 * when they begin. The library below gives its callback no argument, so that a process has one
 * pair.
 */
#ifndef FLORIN_HTTP_TLS_H
#define FLORIN_HTTP_TLS_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "base/result.h"

#define TLS_WHY_SIZE  256
#define TLS_CHAIN_MAX 8 /* certificates from the server's own up */
#define TLS_PRIORITIES                                                                             \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-MAC-ALL:+AEAD:-RSA:-DHE-RSA:%SERVER_"         \
	"PRECEDENCE"

/* Reads both PEM files and puts them in force; on an error what was in force stays. `why` gets a
 * line for a person after every error. Not from two threads at once.
 * Errors: OURS_CONFIG (unreadable, not PEM, a key of another certificate), OURS_MEMORY. */
MUST_USE enum result tls_load(
        const char *certificate_file, const char *key_file, char why[TLS_WHY_SIZE]);
/* When no listener serves any more. */
void tls_clear(void);

/* gnutls_certificate_retrieve_function2 */
int tls_choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authorities_n,
        const gnutls_pk_algorithm_t *algorithms, int algorithms_n, gnutls_pcert_st **chain,
        unsigned *chain_n, gnutls_privkey_t *key);

#endif
