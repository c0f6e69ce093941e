/* pages_node: the node itself: overview, settings, backups, operators and what they did. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log_ring.h"
#include "console/overview.h"
#include "console/pages.h"

#define BACKUPS_SHOWN 200

/* clang-format off */

#define LAST {NULL, NULL, CELL_TEXT, NULL}

static const struct column node_facts[] = {
	{"Public URL", "publicUrl", CELL_COPY, NULL},
	{"ILP address", "ilpAddress", CELL_COPY, NULL},
	{"Database", "database", CELL_TEXT, NULL},
	{"Version", "version", CELL_TEXT, NULL},
	{"For development only", "dev", CELL_FLAG, NULL},
	{"Started", "startedAt", CELL_TIME, NULL},
	LAST,
};
static const struct column key_list[] = {
	{"Key id", "kid", CELL_COPY, NULL},
	{"Made", "createdAt", CELL_TIME, NULL},
	{"Signs from", "signsFrom", CELL_TIME, NULL},
	{"Published until", "publishedUntil", CELL_TIME, NULL},
	LAST,
};
static const struct column setting_list[] = {
	{"Section", "section", CELL_TEXT, NULL},
	{"Key", "key", CELL_TEXT, NULL},
	{"Value", "value", CELL_TEXT, NULL},
	{"From", "source", CELL_TEXT, NULL},
	LAST,
};
static const struct column backup_list[] = {
	{"File", "file", CELL_COPY, NULL},
	{"Bytes", "bytes", CELL_NUMBER, NULL},
	LAST,
};
static const struct column operator_list[] = {
	{"Name", "name", CELL_TEXT, "/console/acts?who={name}"},
	{"Set up", "ready", CELL_FLAG, NULL},
	{"Signed in last", "signedInAt", CELL_TIME, NULL},
	{"Token open until", "setupEndsAt", CELL_TIME, NULL},
	{"Added", "createdAt", CELL_TIME, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column act_list[] = {
	{"When", "at", CELL_TIME, NULL},
	{"Who", "who", CELL_TEXT, NULL},
	{"Did", "act", CELL_TEXT, NULL},
	{"To", "subject", CELL_TEXT, NULL},
	{"With", "details", CELL_JSON, NULL},
	{"Id", "id", CELL_COPY, NULL},
	LAST,
};
static const struct column log_list[] = {
	{"When", "at", CELL_TIME, NULL},
	{"Level", "level", CELL_STATE, NULL},
	{"Request", "requestId", CELL_COPY, "/console/logs?requestId={requestId}"},
	{"Line", "line", CELL_LINE, NULL},
	LAST,
};
static const struct console_filter log_filters[] = {
	{"requestId", "Request", NULL}, {"level", "At least as grave as", "error warn info debug"}, {"text", "With this text", NULL},
	{NULL, NULL, NULL},
};
static const struct console_filter act_filters[] = {
	{"who", "Operator", NULL}, {NULL, NULL, NULL},
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
	static const struct column begun[] = {
	        {"This process began", "at", CELL_TIME, NULL}, {NULL, NULL, CELL_TEXT, NULL}};
	const struct node_loop *loop = http_app(v->rq);
	char since[TIME_TEXT_SIZE];
	json_t *at;

	time_format(loop->node->started_ms, since);
	at = json_pack("{s:s}", "at", since);
	part_text(v, "",
	        arena_printf(&v->rq->arena,
	                "The newest lines of the log that this process has written: at most %d of "
	                "them, or %d KiB. What came before is where the log is kept.",
	                LOG_RING_LINES, LOG_RING_BYTES / 1024));
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
	        "None was made here. `florin backup FILE` makes one elsewhere.");
	part_text(v, "Bringing one back",
	        "Stop the node, then: florin restore FILE. It needs the master.key that the backup "
	        "was made with, which "
	        "is kept apart from it.");
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
        {"Page", "title", CELL_TEXT, "{+path}"},
        {"Address", "pattern", CELL_TEXT, NULL},
        {"Parameters", "filters", CELL_LIST, NULL},
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
                .title = "Overview",
                .nav = "/console",
                .reads = {{.path = "/activity"}, {.path = "/activity/history", .query = "span"},
                        {.path = "/assets"}, {.path = "/peers"}, {.path = "/rates/sources"}},
                .build = overview_build},
        {.pattern = "/console/checklist",
                .title = "Checklist",
                .nav = "/console/node",
                .reads = {{.path = "/activity"}, {.path = "/assets"}, {.path = "/peers"},
                        {.path = "/wallet-addresses"}},
                .build = checklist_build},
        {.pattern = "/console/node",
                .title = "Node",
                .nav = "/console/node",
                .reads = {{.path = "/whoami"}, {.path = "/node/keys"}},
                .build = node},
        {.pattern = "/console/backups",
                .title = "Backups",
                .nav = "/console/node",
                .build = backups},
        {.pattern = "/console/operators",
                .title = "Operators",
                .nav = "/console/node",
                .reads = {{.path = "/operators", .query = "cursor limit"}},
                .build = operators,
                .list = operator_list,
                .empty = "There is none."},
        {.pattern = "/console/pages", .title = "All pages", .nav = "/console/node", .build = map},
        {.pattern = "/console/logs",
                .title = "Log",
                .nav = "/console/node",
                .reads = {{.path = "/logs", .query = "requestId level text cursor limit"}},
                .build = logs,
                .list = log_list,
                .filters = log_filters,
                .empty = "Nothing was logged yet."},
        {.pattern = "/console/acts",
                .title = "Audit trail",
                .nav = "/console/node",
                .reads = {{.path = "/operator-acts", .query = "who cursor limit"}},
                .build = acts_page,
                .list = act_list,
                .filters = act_filters,
                .empty = "Nothing was done yet."},
        {.pattern = NULL},
};
