/* event_json: the members that events' bodies are made of; private to src/store.
 *
 * Each gives NULL where memory is out; json_pack passes that on, and event_write answers it.
 */
#ifndef FLORIN_STORE_EVENT_JSON_H
#define FLORIN_STORE_EVENT_JSON_H

#include <jansson.h>

#include "codec/json_text.h"
#include "store/event.h"

json_t *event_id(const struct id *id);
/* {"value":"1000","assetCode":"USD","assetScale":2} */
json_t *event_amount(uint64_t units, const char *code, unsigned scale);
/* RFC 3339; null for 0. */
json_t *event_time(int64_t unix_ms);
/* null for "" and NULL. */
json_t *event_text(const char *s);

/* The same, written as text: of the events that come with each payment. */
void event_text_id(struct json_text *t, const char *name, const struct id *id);
void event_text_time(struct json_text *t, const char *name, int64_t unix_ms);
void event_text_string(struct json_text *t, const char *name, const char *s);
/* A JSON text that the store keeps; null for "". */
void event_text_raw(struct json_text *t, const char *name, const char *json);

/* Takes data, which is an object with the id of the resource as `id`. Errors: OURS_MEMORY (also
 * where data is NULL), and those of batch_event_add. */
MUST_USE enum result event_write(
        struct batch *b, enum event_type type, const struct id *resource, json_t *data);
MUST_USE enum result event_write_text(
        struct batch *b, enum event_type type, const struct id *resource, struct json_text *data);

#endif
