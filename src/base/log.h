/* log: one event, one line on stderr: `event=packet_credit peer=acme amount=1500 result=exists`.
 *
 * Ids and amounts yes; tokens, keys, shared secrets, packet data and the token part of addresses
 * never. Values with blanks, quotes or control bytes are quoted and escaped. A line is written with
 * one write and dropped (counted) where the reader is stuck: logging never waits for a reader. The
 * newest lines stay in memory (log_ring.h). Where a request is served the line ends with its id:
 * `request=k3v9...`.
 */
#ifndef FLORIN_BASE_LOG_H
#define FLORIN_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

#define LOG_LINE_BYTES_MAX 1024

/* Process-wide and atomic: the level is the one setting that every thread shares. */
void log_set_level(enum log_level level);
bool log_parse_level(const char *name, enum log_level *out);
const char *log_level_name(enum log_level level);
/* Lines of this level are written: for what costs something to say. */
bool log_is_on(enum log_level level);

/* The request that this thread serves from here on; NULL: none. -> the one before. The id is
 * borrowed until another is set: letters, digits, '-', '_' and '.', LOG_REQUEST_MAX at most. */
#define LOG_REQUEST_MAX 64
const char *log_request(const char *id);

/* event is a literal. `format` gives the pairs: log_info("packet_credit", "peer=%s amount=%llu",
 * ...). A value that another party chose goes through log_text first. */
void log_write(enum log_level level, const char *event, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
#define log_error(event, ...) log_write(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...)  log_write(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...)  log_write(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...) log_write(LOG_LEVEL_DEBUG, event, __VA_ARGS__)

/* A foreign value made safe for a line: quoted where needed, control bytes as \xNN, cut at the
 * size. */
#define LOG_TEXT_SIZE 128
const char *log_text(char out[LOG_TEXT_SIZE], const char *s);

uint64_t log_dropped(void);

#endif
