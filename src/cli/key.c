/* key: the keys that wallets publish for their clients, and the node's own. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"
#include "cli/node_files.h"
#include "codec/jwk.h"

static const struct show_column key_columns[] = {
        {"KID", "kid", SHOW_TEXT},
        {"CREATED", "createdAt", SHOW_TEXT},
        {"LAST USED", "lastUsedAt", SHOW_TEXT},
        {"REVOKED", "revokedAt", SHOW_TEXT},
        {"FINGERPRINT", "thumbprint", SHOW_TEXT},
        {0},
};

/* ---- add ---- */

/* The text of a file, or of standard input for "-". */
static int read_text(struct cli *cli, const char *path, char **out)
{
	size_t n = 0;
	enum result r;

	r = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, JWK_TEXT_MAX, out, &n);
	if (r == RESULT_OURS_IO)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s: %s", path, strerror(errno));
	if (r || memchr(*out, '\0', n)) {
		free(r ? NULL : *out);
		return cli_fail(cli, EXIT_USAGE, NULL, "", "%s is no key", path);
	}
	return EXIT_DONE;
}

static int key_add(struct cli *cli)
{
	const char *kid = cli_text(cli, "kid");
	char path[ADMIN_PATH_BYTES], *text = NULL;
	json_t *body;
	int status = read_text(cli, cli_text(cli, "jwk"), &text);

	if (status)
		return status;
	body = json_pack("{s:s}", "key", text);
	if (kid && body)
		(void)json_object_set_new(body, "kid", json_string(kid));
	secret_wipe(text, strlen(text)); /* somebody may have named the wrong file */
	free(text);
	admin_path(path, "/wallet-addresses/*/keys", cli->args[0]);
	return admin_show(cli, "POST", path, body, key_columns);
}

/* ---- generate ---- */

/* PrivateKeyInfo of an Ed25519 key up to its 32 bytes: RFC 8410 7. */
static const uint8_t pkcs8[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
        0x70, 0x04, 0x22, 0x04, 0x20};
#define DER_SIZE (sizeof(pkcs8) + crypto_sign_SEEDBYTES)
#define PEM_SIZE (BASE64_LEN(DER_SIZE) + 64)

struct pair {
	struct jwk public;
	uint8_t seed[crypto_sign_SEEDBYTES];
	char pem[PEM_SIZE];
};

static void pair_make(struct pair *p, const char *kid)
{
	uint8_t der[DER_SIZE], secret_key[crypto_sign_SECRETKEYBYTES];
	char body[BASE64_LEN(DER_SIZE) + 1], id_text[ID_TEXT_SIZE];
	struct id id;

	id_new(clock_wall_ms(), &id);
	id_format(&id, id_text);
	(void)snprintf(p->public.kid, sizeof p->public.kid, "%s", kid ? kid : id_text);
	random_fill(p->seed, sizeof p->seed);
	crypto_sign_seed_keypair(p->public.public_key, secret_key, p->seed);
	memcpy(der, pkcs8, sizeof pkcs8);
	memcpy(der + sizeof pkcs8, p->seed, sizeof p->seed);
	base64_encode(bytes_of(der, sizeof der), BASE64_STD, body);
	(void)snprintf(p->pem, sizeof p->pem,
	        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", body);
	secret_wipe(der, sizeof der);
	secret_wipe(body, sizeof body);
	secret_wipe(secret_key, sizeof secret_key);
}

/* The public JWK with its private half. */
static json_t *private_jwk(const struct pair *p)
{
	char d[JWK_X_SIZE];
	json_t *value = jwk_json(&p->public);

	base64_encode(bytes_of(p->seed, sizeof p->seed), BASE64_URL | BASE64_NO_PAD, d);
	if (value)
		(void)json_object_set_new(value, "d", json_string(d));
	secret_wipe(d, sizeof d);
	return value;
}

/* The server is told the public half only; the private one is shown here, and nowhere else. */
static void show_pair(struct cli *cli, const struct pair *p, json_t *answer)
{
	const char *file = cli_text(cli, "out");

	if (cli->json) {
		if (!file) {
			(void)json_object_set_new(answer, "privateKey", json_string(p->pem));
			(void)json_object_set_new(answer, "privateJwk", private_jwk(p));
		}
		(void)json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
		return;
	}
	show_object(answer, key_columns);
	if (file)
		printf("the private key is in %s\n", file);
	else
		printf("\nThis is the private key. It is shown once and kept nowhere:\n\n%s",
		        p->pem);
}

static int key_generate(struct cli *cli)
{
	const char *kid = cli_text(cli, "kid"), *file = cli_text(cli, "out");
	char path[ADMIN_PATH_BYTES];
	json_t *answer = NULL;
	struct admin a;
	struct pair p;
	int status;

	if (kid && !jwk_is_kid(kid))
		return cli_fail(cli, EXIT_USAGE, NULL, "",
		        "--kid is 1 to %d printable ASCII characters", JWK_KID_MAX);
	pair_make(&p, kid);
	/* Before it is published: a key whose private half is lost is of no use. */
	if (file && node_file_create(file, p.pem, 0600)) {
		secret_wipe(&p, sizeof p);
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "%s: %s", file, strerror(errno));
	}
	status = admin_open(cli, &a);
	admin_path(path, "/wallet-addresses/*/keys", cli->args[0]);
	if (!status)
		status = admin_call(&a, "POST", path,
		        json_pack("{s:o}", "jwk", jwk_json(&p.public)), NULL, &answer);
	if (!status)
		show_pair(cli, &p, answer);
	else if (file)
		(void)unlink(file);
	json_decref(answer);
	admin_close(&a);
	secret_wipe(&p, sizeof p);
	return status;
}

/* ---- list, revoke, rotate ---- */

/* Of a wallet all there have been, oldest first; of all wallets, or with a filter, newest first. */
static int key_list(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"WALLET", "walletAddress", SHOW_TEXT},
	        {"KID", "kid", SHOW_TEXT},
	        {"STATE", "state", SHOW_TEXT},
	        {"CREATED", "createdAt", SHOW_TEXT},
	        {"LAST USED", "lastUsedAt", SHOW_TEXT},
	        {"FINGERPRINT", "thumbprint", SHOW_TEXT},
	        {0},
	};
	const char *wallet = cli->args_n ? cli->args[0] : NULL;
	const char *state = cli_text(cli, "state"), *kid = cli_text(cli, "kid");
	char path[ADMIN_PATH_BYTES];

	if (wallet && !state && !kid) {
		admin_path(path, "/wallet-addresses/*/keys", wallet);
		return admin_list(cli, path, key_columns);
	}
	admin_path(path, "/keys", NULL);
	if (wallet)
		admin_path_add(path, "?walletAddress=*", wallet);
	if (state)
		admin_path_add(path, strchr(path, '?') ? "&state=*" : "?state=*", state);
	if (kid)
		admin_path_add(path, strchr(path, '?') ? "&kid=*" : "?kid=*", kid);
	return admin_list(cli, path, columns);
}

static int key_revoke(struct cli *cli)
{
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/wallet-addresses/*/keys", cli->args[0]);
	admin_path_add(path, "/*", cli->args[1]);
	return admin_show(cli, "DELETE", path, NULL, key_columns);
}

static int key_rotate(struct cli *cli)
{
	static const struct show_column columns[] = {
	        {"KID", "kid", SHOW_TEXT},
	        {"SIGNS FROM", "signsFrom", SHOW_TEXT},
	        {0},
	};
	char path[ADMIN_PATH_BYTES];

	admin_path(path, "/node/keys", NULL);
	return admin_show(cli, "POST", path, json_object(), columns);
}

static const struct option add_options[] = {
        {"jwk", "FILE",
                "the public key: a JWK, its base64, PEM, or 32 bytes in hex or base64; - "
                "for standard input",
                OPTION_REQUIRED},
        {"kid", "KID", "its id (default: the JWK's own, else its fingerprint)", 0},
        {0},
};

static const struct option generate_options[] = {
        {"kid", "KID", "its id (default: a new UUID)", 0},
        {"out", "FILE", "write the private key to a new file instead of showing it", 0},
        {0},
};

static const struct option list_options[] = {
        {"state", "STATE", "only those that are ACTIVE or REVOKED", 0},
        {"kid", "KID", "only those under this id", 0},
        {"limit", "N", "items on a page (with --json)", 0},
        {"cursor", "TEXT", "the page to print: nextCursor of the one before (with --json)", 0},
        {0},
};

const struct command key_commands[] = {
        {"key add", "NAME", "publish a client's public key at the wallet NAME", 1, 1, add_options,
                key_add},
        {"key generate", "NAME", "make a key pair and publish its public half", 1, 1,
                generate_options, key_generate},
        {"key list", "[NAME]", "list the keys of a wallet, or of all", 0, 1, list_options,
                key_list},
        {"key revoke", "NAME KID", "take a key back, at once", 2, 2, NULL, key_revoke},
        {"key rotate", "", "replace the key by which this node signs its own requests", 0, 0, NULL,
                key_rotate},
        {0},
};
