/* log: one event, one line on stderr: `event=packet_credit peer=acme amount=1500 result=exists`.
 *
 * Ids and amounts yes; tokens, keys, shared secrets, packet data and the token part of addresses
 * never. Values with blanks, quotes or control bytes are quoted and escaped. A line is written with
 * one write and dropped (counted) where the reader is stuck: logging never waits.
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

/* `format` gives the pairs: log_info("packet_credit", "peer=%s amount=%llu", ...). A value that
 * another party chose goes through log_text first. */
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
