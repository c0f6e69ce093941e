/* pages_node: the node itself: overview, settings, backups, operators and what they did. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log_ring.h"
#include "console/overview.h"
#include "console/pages.h"
#include "console/word.h"
#include "http/language.h"

#define BACKUPS_SHOWN 200

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column node_facts[] = {
	{WORDS("Public URL"), "publicUrl", CELL_COPY, NULL},
	{WORDS("ILP address"), "ilpAddress", CELL_COPY, NULL},
	{WORDS("Database"), "database", CELL_TEXT, NULL},
	{WORDS("Version"), "version", CELL_TEXT, NULL},
	{WORDS("For development only"), "dev", CELL_FLAG, NULL},
	{WORDS("Started"), "startedAt", CELL_TIME, NULL},
	LAST,
};
static const struct column key_list[] = {
	{WORDS("Key id"), "kid", CELL_COPY, NULL},
	{WORDS("Created"), "createdAt", CELL_TIME, NULL},
	{WORDS("Signs from"), "signsFrom", CELL_TIME, NULL},
	{WORDS("Published until"), "publishedUntil", CELL_TIME, NULL},
	LAST,
};
static const struct column setting_list[] = {
	{WORDS("Section"), "section", CELL_TEXT, NULL},
	{WORDS("Key"), "key", CELL_TEXT, NULL},
	{WORDS("Value"), "value", CELL_TEXT, NULL},
	{WORDS("Comes from"), "source", CELL_WORD, NULL},
	LAST,
};
static const struct column backup_list[] = {
	{WORDS("File"), "file", CELL_COPY, NULL},
	{WORDS("Bytes"), "bytes", CELL_NUMBER, NULL},
	LAST,
};
static const struct column operator_list[] = {
	{WORDS("Name"), "name", CELL_TEXT, "/console/acts?who={name}"},
	{WORDS("Set up"), "ready", CELL_FLAG, NULL},
	{WORDS("Signed in last"), "signedInAt", CELL_TIME, NULL},
	{WORDS("Token open until"), "setupEndsAt", CELL_TIME, NULL},
	{WORDS("Added"), "createdAt", CELL_TIME, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column act_list[] = {
	{WORDS("When"), "at", CELL_TIME, NULL},
	{WORDS("Who"), "who", CELL_TEXT, NULL},
	{WORDS("Did"), "act", CELL_TEXT, NULL},
	{WORDS("To what"), "subject", CELL_TEXT, NULL},
	{WORDS("With"), "details", CELL_JSON, NULL},
	COLUMN_REST,
	{WORDS("Id"), "id", CELL_COPY, NULL},
	LAST,
};
static const struct column log_list[] = {
	{WORDS("When"), "at", CELL_TIME, NULL},
	{WORDS("Level"), "level", CELL_STATE, NULL},
	{WORDS("Request id"), "requestId", CELL_COPY, "/console/logs?requestId={requestId}"},
	{WORDS("Line"), "line", CELL_LINE, NULL},
	LAST,
};
static const struct console_filter log_filters[] = {
	{"requestId", WORDS("Request id"), NULL}, {"level", WORDS("At least as grave as"), CHOICES("error warn info debug")}, {"text", WORDS("With this text"), NULL},
	{NULL, NULL, NULL},
};
static const struct console_filter act_filters[] = {
	{"who", WORDS("Operator"), NULL}, {NULL, NULL, NULL},
};

/* clang-format on */

static json_t *settings_json(const struct console *c)
{
	json_t *list = json_array();
	struct console_setting s;

	for (size_t i = 0; i < c->setting_count; i++) {
		c->setting(c->arg, i, &s);
		(void)json_array_append_new(
		        list, json_pack("{s:s,s:s,s:s?,s:s}", "section", s.section, "key", s.key,
		                      "value", s.value, "source", s.source));
	}
	return list;
}

static void node(struct console_view *v)
{
	static const char *const acts[] = {"node.key", NULL};
	json_t *settings = settings_json(console_of(v->rq));

	part_facts(v, "The node", node_facts, v->answers[0]);
	part_link(v, "Backups", "Copies of the database, made while the node runs.", "Backups",
	        "/console/backups");
	part_link(v, "Operators", "Who may sign in here.", "Operators", "/console/operators");
	part_link(
	        v, "Audit trail", "What operators did, and when.", "Audit trail", "/console/acts");
	part_link(v, "Log", "What the node has said lately, also of one request.", "Log",
	        "/console/logs");
	part_link(v, "Checklist", "What a new node needs.", "Checklist", "/console/checklist");
	part_table(v, "Settings, and where each value comes from", setting_list, settings, "");
	part_table(v, "Keys of the node", key_list, json_object_get(v->answers[1], "items"), "");
	part_forms(v, "", NULL, acts);
	json_decref(settings);
}

/* ---- the log ---- */

static void logs(struct console_view *v)
{
	static const struct column begun[] = {{WORDS("This process began"), "at", CELL_TIME, NULL},
	        {NULL, NULL, CELL_TEXT, NULL}};
	const struct node_loop *loop = http_app(v->rq);
	char since[TIME_TEXT_SIZE];
	json_t *at;

	time_format(loop->node->started_ms, since);
	at = json_pack("{s:s}", "at", since);
	part_text(v, "",
	        words_with(v->rq,
	                "The newest lines of the log that this process has written: at most "
	                "{lines} of them, or {size} KiB. What came before is where the log is "
	                "kept.",
	                "lines", arena_printf(&v->rq->arena, "%d", LOG_RING_LINES), "size",
	                arena_printf(&v->rq->arena, "%d", LOG_RING_BYTES / 1024), NULL));
	part_facts(v, "", begun, at);
	part_list(v);
	json_decref(at);
}

/* ---- backups ---- */

static bool is_backup(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, ".db") == 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct dirent *const *x = a, *const *y = b;

	return strcmp((*y)->d_name, (*x)->d_name);
}

static int keep_backups(const struct dirent *e)
{
	return is_backup(e->d_name);
}

size_t console_backup_count(const struct console *c)
{
	DIR *dir = opendir(c->backup_dir);
	const struct dirent *e;
	size_t n = 0;

	if (!dir)
		return 0;
	while (n < BACKUPS_SHOWN && (e = readdir(dir)) != NULL)
		n += is_backup(e->d_name);
	(void)closedir(dir);
	return n;
}

static void backups(struct console_view *v)
{
	const char *dir = console_of(v->rq)->backup_dir;
	json_t *list = json_array();
	struct dirent **found = NULL;
	int count = scandir(dir, &found, keep_backups, NULL);

	if (count > 1)
		qsort(found, (size_t)count, sizeof(*found), newest_first);
	for (int i = 0; i < count; i++) {
		const char *path = arena_printf(&v->rq->arena, "%s/%s", dir, found[i]->d_name);
		struct stat st;

		if (i < BACKUPS_SHOWN && path && stat(path, &st) == 0)
			(void)json_array_append_new(list, json_pack("{s:s,s:I}", "file", path,
			                                          "bytes", (json_int_t)st.st_size));
		free(found[i]);
	}
	free(found);
	part_form(v, "backup.make", NULL);
	part_table(v, "Backups in the node's directory", backup_list, list,
	        "None was made here. The command florin backup makes one elsewhere.");
	part_text(v, "Bringing one back",
	        "Stop the node, then: florin restore FILE. It needs the master.key that the "
	        "backup was made with, which is kept apart from it.");
	json_decref(list);
}

/* ---- operators ---- */

static void operators(struct console_view *v)
{
	static const char *const acts[] = {"operator.add", "operator.remove", NULL};

	part_list(v);
	part_forms(v, "What can be done", v->answers[0], acts);
}

static void acts_page(struct console_view *v)
{
	part_list(v);
}

/* ---- the map ---- */

static const struct column page_list[] = {
        {WORDS("Page"), "title", CELL_SAID, "{+path}"},
        {WORDS("Address"), "pattern", CELL_TEXT, NULL},
        {WORDS("Parameters"), "filters", CELL_LIST, NULL},
        {NULL, NULL, CELL_TEXT, NULL},
};

/* Every page that there is, as the table of pages says. */
static void map(struct console_view *v)
{
	json_t *list = json_array();
	const struct console_page *p;

	for (size_t i = 0; (p = console_page_at(i)) != NULL; i++) {
		json_t *row = json_pack("{s:s,s:s}", "title", p->title, "pattern", p->pattern);
		json_t *filters = json_array();

		for (const struct console_filter *f = p->filters; f && f->name; f++)
			(void)json_array_append_new(filters, json_string(f->name));
		(void)json_object_set_new(row, "filters", filters);
		if (!strchr(p->pattern, '{'))
			(void)json_object_set_new(row, "path", json_string(p->pattern));
		(void)json_array_append_new(list, row);
	}
	part_table(v, "", page_list, list, "");
	json_decref(list);
}

const struct console_page node_pages[] = {
        {.pattern = "/console",
                .title = WORDS("Overview"),
                .nav = "/console",
                .reads = {{.path = "/activity"}, {.path = "/activity/history", .query = "span"},
                        {.path = "/assets"}, {.path = "/peers"}, {.path = "/rates/sources"},
                        {.path = "/cash-requests?state=PENDING"}},
                .build = overview_build},
        {.pattern = "/console/checklist",
                .title = WORDS("Checklist"),
                .nav = "/console/node",
                .reads = {{.path = "/activity"}, {.path = "/assets"}, {.path = "/peers"},
                        {.path = "/wallet-addresses"}, {.path = "/webhook-endpoints"},
                        {.path = "/payments?direction=incoming&state=COMPLETED&limit=1"}},
                .build = checklist_build},
        {.pattern = "/console/node",
                .title = WORDS("Node"),
                .nav = "/console/node",
                .reads = {{.path = "/whoami"}, {.path = "/node/keys"}},
                .build = node},
        {.pattern = "/console/backups",
                .title = WORDS("Backups"),
                .nav = "/console/node",
                .build = backups},
        {.pattern = "/console/operators",
                .title = WORDS("Operators"),
                .nav = "/console/node",
                .reads = {{.path = "/operators", .query = "cursor limit"}},
                .build = operators,
                .list = operator_list,
                .empty = WORDS("There is none.")},
        {.pattern = "/console/pages",
                .title = WORDS("All pages"),
                .nav = "/console/node",
                .build = map},
        {.pattern = "/console/logs",
                .title = WORDS("Log"),
                .nav = "/console/node",
                .reads = {{.path = "/logs", .query = "requestId level text cursor limit"}},
                .build = logs,
                .list = log_list,
                .filters = log_filters,
                .empty = WORDS("Nothing was logged yet.")},
        {.pattern = "/console/acts",
                .title = WORDS("Audit trail"),
                .nav = "/console/node",
                .reads = {{.path = "/operator-acts", .query = "who cursor limit"}},
                .build = acts_page,
                .list = act_list,
                .filters = act_filters,
                .empty = WORDS("Nothing was done yet.")},
        {.pattern = NULL},
};
