#!/usr/bin/perl
# Does each rule of lint.pl fire: for every rule a small tree with one violation, which that rule must
# find and report with its place, and a clean tree, in which no rule may find anything.
# Usage: selftest.pl LINT
use strict;
use warnings;
use File::Basename;
use File::Path qw(make_path);
use File::Temp qw(tempdir);

my $lint = shift or die "usage: selftest.pl LINT\n";
my $header = "/* %s: what it is for. */\n#ifndef FLORIN_%s_H\n#define FLORIN_%s_H\n\n#endif\n";

sub header { my ($folder, $name) = @_; sprintf $header, $name, (uc "${folder}_$name") x 2 }

# A file of the tree that the lint is of.
sub source {
	open my $file, '<', dirname($lint) . "/../../$_[0]" or die "$_[0]: $!\n";
	return join '', <$file>;
}

# As scripts/words and msgmerge write them.
my $type = "\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Content-Transfer-Encoding: 8bit\\n\"\n";
my $pot_head = "# What the pages of Florin say. Made by scripts/words; see docs/languages.md.\nmsgid \"\"\nmsgstr \"\"\n$type";
my $po_head = "msgid \"\"\nmsgstr \"\"\n\"Language: es\\n\"\n\"MIME-Version: 1.0\\n\"\n$type\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n";

# What a clean tree holds; a violation adds to it or replaces a file.
my %clean = (
	'src/base/bytes.h' => header('base', 'bytes'),
	'src/store/store.h' => header('store', 'store'),
	'src/store/store.c' => "#include \"store/store.h\"\n\n#include <sqlite3.h>\n\nint store_get(void);\n",
	'src/base/amount.c' => "int f(struct amount a)\n{\n\treturn a.value > 0;\n}\n",
	'src/http/guard.c' => "/* strcpy( in a comment, \"TODAY\" */\nint g(void)\n{\n\treturn h->value == \"sprintf(\";\n}\n",
	'sql/sqlite/statements-a.sql' => "-- name: store_get\nSELECT 1;\n",
	'src/store/local.mk' => "SQL = \$(top_srcdir)/sql/sqlite/statements-a.sql \\\n\t\$(top_srcdir)/sql/sqlite/statements-b.sql\n",
	'www/pages/a.html' => "<!DOCTYPE html>\n<p title=\"[[One]]\">{{x}} &amp; [[One]] <code>x</code></p>\n",
	'src/web/a.c' => "int f(void)\n{\n\tlog_info(\"a\", \"a word\");\n\treturn words(rq, \"One\") == x(\"%s=%s; Path=/\");\n}\n",
	'po/florin.pot' => "$pot_head\n#: src/web/a.c www/pages/a.html\nmsgid \"One\"\nmsgstr \"\"\n",
	'po/es.po' => "$po_head\n#: src/web/a.c www/pages/a.html\nmsgid \"One\"\nmsgstr \"Uno\"\n",
	'scripts/words' => source('scripts/words'),
	'scripts/a.sh' => "#!/bin/sh\necho \"\$HOME\"\n",
);

my @cases = (
	# rule, file, content, line of the finding
	['layers', 'src/base/a.c', "#include \"store/store.h\"\n", 1],
	['layers', 'src/net/a.c', "\n#include \"store/store.h\"\n", 2],
	['layers', 'src/http/a.c', "#include \"admin/admin.h\"\n", 1],
	['layers', 'src/admin/a.c', "#include \"web/page.h\"\n", 1],
	['layers', 'src/store/a.c', "#include \"../base/bytes.h\"\n", 1],
	['layers', 'src/ilp/a.c', "#include \"config.h\"\n", 1],
	['layers', 'src/other/a.c', "int a;\n", 1],
	['libraries', 'src/ilp/a.c', "#include <sqlite3.h>\n", 1],
	['libraries', 'src/cli/a.c', "#include <curl/curl.h>\n", 1],
	['libraries', 'src/base/a.c', "#include <jansson.h>\n", 1],
	['calls', 'src/base/a.c', "int a;\nint b = strcpy(x, y);\n", 2],
	['calls', 't/unit/a.c', "int b = atoi (y);\n", 1],
	['secrets', 'src/ilp/a.c', "int b = memcmp(peer->token, given, 32);\n", 1],
	['amounts', 'src/model/a.c', "int b = sum.value;\n", 1],
	['amounts', 'src/http/a.c', "void f(struct amount *a)\n{\n\ta->value = 1;\n}\n", 3],
	['floating', 'src/model/a.c', "static double rate;\n", 1],
	['defaults', 'src/ilp/a.c',
		"int f(void)\n{\n\tswitch (s) {\n\tcase STATE_A:\n\t\treturn 1;\n\tdefault:\n\t\treturn 2;\n\t}\n}\n", 6],
	['length', 'src/ilp/a.c', "int a;\n" x 701, 701],
	['headers', 'src/ilp/a.h', "#ifndef FLORIN_ILP_A_H\n#define FLORIN_ILP_A_H\n#endif\n", 1],
	['headers', 'src/ilp/a.h', "/* a: is. */\n#ifndef A_H\n#define A_H\n#endif\n", 1],
	['typedefs', 'src/ilp/a.c', "typedef struct a b;\n", 1],
	['comments', 'src/ilp/a.c', "/* one\n *two */\n", 2],
	['unfinished', 'docs/a.md', "Nothing.\n\n" . 'TO' . "DO: something\n", 3],
	['unfinished', 't/scenario/a.js', "let a\n" . '<' x 7 . " HEAD\nlet b\n", 2],
	['machine', 'scripts/b.sh', "#!/bin/sh\ncd " . '/ho' . "me/someone/florin\n", 2],
	['machine', 't/interop/package-lock.json', "{\"resolved\": \"" . "https://example.test/a.tgz\"}\n", 1],
	['statements', 'sql/sqlite/statements-b.sql', "\n-- name: nobody_asks\nSELECT 1;\n", 2],
	['listed', 'sql/sqlite/0002-more.sql', "CREATE TABLE a (b);\n", 1],
	['marked', 'www/pages/a.html', "<h1>\n[[One]] and a word</h1>\n", 2],
	['marked', 'www/pages/a.html', "<p>[[One]]</p>\n<input placeholder=\"a {{b}}\">\n", 2],
	['marked', 'src/web/a.c', "int f(void)\n{\n\treturn g(\"a word\");\n}\n", 3],
	['marked', 'src/console/a.c', "static const struct column c[] = {\n\t{\"Name\", \"name\", 0},\n\t{WORDS(\"State\"), \"state\", 0},\n};\n", 2],
	['marked', 'src/web/a.c', "int f(void)\n{\n\treturn words(rq, a ? \"One\" : b);\n}\n", 3],
	['words', 'po/florin.pot', "$pot_head\n#: www/pages/a.html\nmsgid \"Two\"\nmsgstr \"\"\n", 1],
	['words', 'po/es.po', "$po_head\n#: src/web/a.c www/pages/a.html\nmsgid \"One\"\nmsgstr \"\"\n", 1],
	['words', 'po/es.po', "$po_head\nmsgid \"One\"\nmsgstr \"Uno\"\n\nmsgid \"Two\"\nmsgstr \"Dos\"\n", 1],
	['keys', 'src/config.h', "struct config {\n\tstruct {\n\t\tuint64_t unread;\n\t} limits;\n};\n", 3],
	['scripts', 'scripts/b.sh', "#!/bin/sh\nif true; then\n", 1],
	['format', 'src/ilp/a.c', "int  a ;\n", 1],
);

sub plant {
	my %tree = @_;
	my $dir = tempdir(CLEANUP => 1);
	for my $path (keys %tree) {
		make_path(dirname("$dir/$path"));
		open my $file, '>', "$dir/$path" or die "$path: $!\n";
		print $file $tree{$path};
		close $file;
		chmod 0755, "$dir/$path" if $path =~ m{^scripts/};
	}
	return $dir;
}

sub run_lint {
	my ($dir, @rules) = @_;
	open my $pipe, '-|', $^X, $lint, $dir, @rules or die;
	my @lines = <$pipe>;
	close $pipe;
	return ($? >> 8, @lines);
}

my ($passed, $failed) = (0, 0);
sub check {
	my ($good, $what, @said) = @_;
	$good ? $passed++ : $failed++;
	print "not ok: $what\n", map { "    $_" } @said unless $good;
}

my ($status, @said) = run_lint(plant(%clean), grep { $_ ne 'format' } map { $_->[0] } @cases);
check($status == 0, 'a clean tree is clean', @said);

my %covered = map { $_->[0] => 1 } @cases;
($status, @said) = run_lint(plant(%clean));
for my $name (map { /^(?:not )?ok (\w+)/ ? $1 : () } @said) {
	check($covered{$name}, "the rule $name has a planted violation");
}
my %skipped = map { /^skipped (\w+)/ ? ($1 => 1) : () } @said;

for my $case (@cases) {
	my ($name, $path, $content, $line) = @$case;
	next if $skipped{$name};
	($status, @said) = run_lint(plant(%clean, $path => $content), $name);
	check($status == 1 && grep({ /^\Q$path:$line: $name: \E/ } @said) >= 1, "$name finds $path:$line", @said);
}
print "$passed passed, $failed failed\n";
exit($failed ? 1 : 0);
