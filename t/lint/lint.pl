#!/usr/bin/perl
# What the compiler does not check. Usage: lint.pl ROOT [RULE...]
# Prints one line per finding, `FILE:LINE: RULE: WHY`, and one line per rule, `ok RULE` or `not ok RULE`.
use strict;
use warnings;
use File::Find;

my ($root, @chosen) = @ARGV;
die "usage: lint.pl ROOT [RULE...]\n" unless defined $root && -d $root;
chdir $root or die "$root: $!\n";

use constant LINES_MAX => 700;

# The ladder of folders: a file may include its own folder and lower levels. admin/ and web/ stand on
# http/'s requests and replies (docs/decisions/0003), console/ on those two (0012). main.c and config.c stand beside cli/ at the top.
my %level = (
	base => 0, codec => 1, model => 2, store => 3, net => 3,
	ilp => 4, auth => 4, events => 4, http => 5, admin => 5.5, web => 5.5,
	console => 5.7, cli => 6,
);

# Headers of libraries, and the folders that may see them.
my @fenced = (
	[qr{^sqlite3\.h$}, 'store'], [qr{^libpq-fe\.h$}, 'store'],
	[qr{^microhttpd\.h$}, 'http', 'admin'], [qr{^curl/}, 'net'],
	[qr{^gnutls/}, 'http'], [qr{^qrencode\.h$}, 'http'], [qr{^wslay/}, 'net'],
	[qr{^fido}, 'auth'],
);
my $not_in_base = qr{^(?:jansson|ini|curl/|microhttpd|sqlite3|libpq)};

# Functions with no bound, no error, or hidden state.
my $banned = join '|', qw(
	strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atoll atof
	scanf fscanf rand srand random alloca system popen tmpnam mktemp
	gmtime localtime ctime asctime
);

# Floating point is for rates of packets per second, never for money.
my %floating_allowed = map { $_ => 1 } glob 'src/cli/bench*.[ch] t/bench/*.[ch]';

# Files whose "tokens" are no secrets, with the reason.
my %compared_openly = (
	'src/ilp/receive.c' => 'the token of an ILP address stands in every packet',
);

# Enumerations of libraries, in which a default is needed.
my $foreign = qr/^(?:CURL|SQLITE_|MHD_|JSON_|SIG[A-Z]|E[A-Z]+$|AF_|EPOLL|POLL)/;

# Pages that are English alone, with the reason: what makers of pages look at.
my $english_pages = qr{/components\.html$};
# Code whose texts people read, but for what is for programs (files, the back channel, cookies).
my $speaking_code = qr{^src/(?:web/(?!idp|transactions_export|visitor|web)\w+|http/page_form|console/(?!chart)\w+|cli/demo_(?:look|page))\.c$};
my $speaking_call = qr{^(?:words\w*|WORDS\w*|page_say|holder_view|console_say|part_\w+|CHOICES|csv_cell|log_\w+|http_reply_\w+|http_header|FAILPOINT)$};
my $for_programs = qr{^"(?:<link |badge |florin console )};

# The name of the call in whose parentheses the place is; "" for none.
sub enclosing_call {
	my ($body, $at) = @_;
	my $depth = 0;
	while (--$at >= 0) {
		my $c = substr $body, $at, 1;
		return '' if $c eq ';' || $c eq '{' && !$depth && substr($body, 0, $at) =~ /\)\s*\z/;
		$depth++ if $c eq ')';
		next unless $c eq '(' && --$depth < 0;
		return $1 if substr($body, 0, $at) =~ /(\w+)\s*\z/;
		$depth = 0;
	}
	return '';
}

my @files;
find({no_chdir => 1, preprocess => sub { sort grep { !/^(?:node_modules|\..*|build.*)$/ } @_ },
	wanted => sub { push @files, $_ =~ s{^\./}{}r if -f && !-l } }, grep { -e } qw(src sql t scripts docs po www));
push @files, grep { -f } qw(README.md configure.ac Makefile.am demo test .ci/run);
@files = grep { !m{\.(?:lo|o|a|log|trs|png)$} && !m{/\.(?:deps|dirstamp)} } @files;

my (%text, %bare);
sub text { my $f = shift; $text{$f} //= do { local (@ARGV, $/) = $f; scalar <> } // '' }

# The code without comments and the contents of strings; line numbers stay.
sub bare {
	my $f = shift;
	return $bare{$f} if defined $bare{$f};
	my $t = text($f);
	$t =~ s{(/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')}{
		my $m = $1; my $lines = "\n" x ($m =~ tr/\n//);
		$m =~ /^["']/ ? substr($m, 0, 1) . substr($m, 0, 1) : " $lines" }gse;
	return $bare{$f} = $t;
}

sub c_files { grep { m{^(?:src|t)/.*\.[ch]$} } @files }
sub source { grep { m{^src/.*\.[ch]$} } @files }

my @found;
sub found { my ($file, $line, $why) = @_; push @found, [$file, $line, $why] }

# Calls $check with each line's number and text where the pattern matches.
sub each_match {
	my ($file, $body, $pattern, $check) = @_;
	while ($body =~ /$pattern/g) {
		my @groups = ($1, $2);
		my $line = 1 + (substr($body, 0, $-[0]) =~ tr/\n//);
		$check->($line, @groups);
	}
}

my %rule = (
	layers => sub {
		for my $file (source()) {
			my ($own) = $file =~ m{^src/([^/]+)/};
			my $mine = defined $own ? $level{$own} : $level{cli};
			if (!defined $mine) {
				found($file, 1, "the folder src/$own is not on the ladder");
				next;
			}
			each_match($file, text($file), qr/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/m, sub {
				my ($line, $path) = @_;
				return if $path eq 'autoconf.h';
				my ($folder) = $path =~ m{^([a-z]+)/[^/]+$};
				if ($path eq 'config.h') {
					found($file, $line, 'config.h is for src/cli and main.c') if $mine < $level{cli};
				} elsif (!defined $folder || !defined $level{$folder}) {
					found($file, $line, "\"$path\" is not FOLDER/FILE of the ladder");
				} elsif (defined $own && $folder eq $own) {
					return;
				} elsif ($level{$folder} > $mine) {
					found($file, $line, "\"$path\" is above this file");
				} elsif ($level{$folder} == $mine && defined $own) {
					found($file, $line, "\"$path\" is a sibling on the same level");
				}
			});
		}
	},

	libraries => sub {
		for my $file (source()) {
			my $own = $file =~ m{^src/([^/]+)/} ? $1 : '';
			each_match($file, text($file), qr/^[ \t]*#[ \t]*include[ \t]*<([^>]+)>/m, sub {
				my ($line, $header) = @_;
				for my $fence (@fenced) {
					my ($pattern, @folders) = @$fence;
					next if $header !~ $pattern || grep { $_ eq $own } @folders;
					found($file, $line, "<$header> is only for src/@folders");
				}
				found($file, $line, "<$header> is above base")
					if $own eq 'base' && $header =~ $not_in_base;
			});
		}
	},

	calls => sub {
		for my $file (c_files()) {
			each_match($file, bare($file), qr/(?<![\w.>])($banned)[ \t]*\(/, sub {
				found($file, $_[0], "$_[1] is banned");
			});
		}
	},

	# Comparing a secret with memcmp or strcmp tells its first wrong byte by the time it takes.
	secrets => sub {
		my $word = qr/secret|password|passwd|preimage|token(?!_n|_max|s\b)|admin_key|hmac|mac\b/i;
		for my $file (source()) {
			each_match($file, bare($file), qr/\b((?:mem|str|strn|bytes_)(?:cmp|eq))[ \t]*\(([^;{]*)/, sub {
				my ($line, $call, $arguments) = @_;
				$arguments =~ s/\).*//s;
				return if $arguments =~ /hash/ || $compared_openly{$file};
				found($file, $line, "$call on a secret: use secret_eq") if $arguments =~ $word;
			});
		}
	},

	# Files that know struct amount, and every folder in which a value can only be money.
	amounts => sub {
		for my $file (source()) {
			next if $file eq 'src/base/amount.c';
			next unless $file =~ m{^src/(?:base|codec|model|store|ilp)/} || bare($file) =~ /\bstruct amount\b/;
			each_match($file, bare($file), qr/(\w+(?:\.|->)value\b)/, sub {
				found($file, $_[0], "$_[1]: only amount_* touches .value");
			});
		}
	},

	floating => sub {
		for my $file (source()) {
			next if $floating_allowed{$file};
			each_match($file, bare($file), qr/\b(float|double|json_real\w*|json_number_value|strtod)\b/, sub {
				found($file, $_[0], "$_[1]: no floating point near money");
			});
		}
	},

	# -Wswitch-enum finds what a switch forgot only where nothing catches the rest.
	defaults => sub {
		for my $file (source()) {
			my $body = bare($file);
			each_match($file, $body, qr/\b(default)[ \t]*:/, sub {
				my $line = shift;
				my $before = join "\n", (split /\n/, $body)[0 .. $line - 1];
				$before = substr $before, rindex($before, 'switch');
				my @enums = grep { !/$foreign/ } $before =~ /\bcase[ \t]+([A-Z][A-Z0-9_]+)\b/g;
				found($file, $line, "default: in a switch over an enum ($enums[0])") if @enums;
			});
		}
	},

	length => sub {
		# Tables of test cases may be longer.
		for my $file (source(), grep { m{\.(?:js|mjs|pl|sh|sql)$} } @files) {
			my $lines = text($file) =~ tr/\n//;
			found($file, $lines, "$lines lines: a file past " . LINES_MAX . ' is two files') if $lines > LINES_MAX;
		}
	},

	headers => sub {
		for my $file (grep { m{\.h$} } source()) {
			my $guard = 'FLORIN_' . uc($file =~ s{^src/}{}r =~ s{[/.]}{_}gr);
			my ($name) = $file =~ m{([^/]+)\.h$};
			found($file, 1, "a header starts with its contract: /* $name: ...")
				if text($file) !~ m{^/\*\s*\Q$name\E: \S};
			found($file, 1, "the guard is $guard")
				if text($file) !~ m{^#ifndef \Q$guard\E\n#define \Q$guard\E\n}m;
		}
	},

	typedefs => sub {
		for my $file (c_files()) {
			each_match($file, bare($file), qr/\b(typedef)\s+(?:struct|union|enum)\b(?:[^;(]*;|\s*\w*\s*\{)/, sub {
				found($file, $_[0], 'structs, unions and enums have tags, not typedefs');
			});
		}
	},

	# clang-format joins what it takes for a paragraph; a line that begins without a blank is where it gave up.
	comments => sub {
		for my $file (c_files()) {
			each_match($file, text($file), qr{^ (\*[^\s*/])}m, sub {
				found($file, $_[0], 'a torn paragraph: break the line above, or indent a list by a tab');
			});
		}
	},

	unfinished => sub {
		my $words = join '|', 'TO' . 'DO', 'FIX' . 'ME', 'XX' . 'X', 'HA' . 'CK';
		for my $file (@files) {
			next if $file =~ m{\.json$|^t/fuzz/corpus/};
			each_match($file, text($file), qr/\b($words)\b/, sub {
				found($file, $_[0], "$_[1]: finish it or leave it out");
			});
			each_match($file, text($file), qr/^((?:<{7}|>{7}) )/m, sub {
				found($file, $_[0], 'two versions of a text that git could not join');
			});
		}
	},

	# Nothing in the project may depend on, or tell about, the machine that it was written on.
	machine => sub {
		my $places = join '|', map { quotemeta } grep { defined && length > 4 }
			$ENV{HOME}, '/ho' . 'me/', '/ro' . 'ot/', '/Us' . 'ers/', '/wo' . 'rk/', '/tmp/' . 'wt/';
		for my $file (@files) {
			next if $file =~ m{^t/fuzz/corpus/};
			each_match($file, text($file), qr{(?<![\w.:/\]])($places)}, sub {
				found($file, $_[0], "$_[1]: a path of one machine");
			});
			found($file, 1, 'a lock file with download addresses')
				if $file =~ /package-lock\.json$/ && text($file) =~ /"resolved": *"https?:/;
		}
	},

	# A statement that nothing uses is prepared at every start for nothing.
	statements => sub {
		my $code = join "\n", map { text($_) } grep { m{^src/store/.*\.[ch]$} } @files;
		for my $file (grep { m{^sql/.*\.sql$} } @files) {
			each_match($file, text($file), qr/^-- name: *(\w+)/m, sub {
				my ($line, $name) = @_;
				return if $file =~ m{/audit[^/]*\.sql$};
				found($file, $line, "no code uses the statement $name") if $code !~ /\b\w*\Q$name\E\b/i;
			});
		}
	},

	# A schema step that no Makefile names is never applied, and nothing else tells.
	listed => sub {
		my %mk = map { $_ => text($_) } grep { m{^src/[^/]+/local\.mk$} } @files;
		for my $file (grep { m{^sql/.*\.sql$} } @files) {
			found($file, 1, 'no local.mk names it') unless grep { index($_, "/$file ") >= 0 || m{/\Q$file\E$}m } values %mk;
		}
	},

	scripts => sub {
		for my $file (@files) {
			my ($shell) = text($file) =~ m{\A#!.*\b(bash|sh)\b} or next;
			my $said = `$shell -n '$file' 2>&1`;
			found($file, 1, "$shell can't read it: $said") if $?;
		}
	},

	# What a page says without a mark stays English in every language (docs/languages.md).
	marked => sub {
		for my $file (grep { m{^www/pages/.*\.html$} && !m{$english_pages} } @files) {
			my $body = text($file);
			my $blank = sub { $_[0] =~ s/[^\n]//gr };
			my $bare = sub { $_[0] =~ s/\{\{[^}]*\}\}|&\w+;|\bFlorin\b//gr };
			$body =~ s{\[\[.*?\]\]|<(pre|code|script|svg)\b.*?</\1>}{$blank->($&)}gse;
			each_match($file, $body, qr/\b(?:aria-label|alt|placeholder|title)="([^"]*)"/, sub {
				found($file, $_[0], "an attribute without a mark: $_[1]") if $bare->($_[1]) =~ /[A-Za-z]/;
			});
			$body =~ s{<!.*?>|<[^>]*>}{$blank->($&)}gse;
			each_match($file, $body, qr/([^\n]+)/, sub {
				my ($line, $said) = ($_[0], $bare->($_[1]));
				found($file, $line, 'words without a mark: ' . $said =~ s/^\s+|\s+$//gr) if $said =~ /[A-Za-z]/;
			});
		}
		for my $file (grep { m{$speaking_code} } source()) {
			(my $body = text($file)) =~ s{/\*.*?\*/|^[ \t]*#[^\n]*}{$& =~ s/[^\n]/ /gr}gmse;
			while ($body =~ /("(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*)/g) {
				my ($said, $at) = ($1, $-[1]);
				$said =~ s/"\s*"|%[-+ 0-9.*lz]*[a-z]//g;
				next if $said =~ $for_programs || substr($body, 0, $at) =~ /\.query\s*=\s*\z/;
				next unless $said =~ /[A-Za-z,.:] [A-Za-z]/ || $said =~ /^"[A-Z][a-z]+"$/;
				my $call = enclosing_call($body, $at);
				found($file, 1 + (substr($body, 0, $at) =~ tr/\n//), "words outside words() or WORDS(), or in a choice without: $said")
					unless $call =~ $speaking_call &&
					!($call !~ /^(?:WORDS|log_)/ && substr($body, 0, $at) =~ /[?:]\s*\z/);
			}
		}
	},

	# A key of the configuration that nothing reads is set in vain.
	keys => sub {
		my $file = 'src/config.h';
		return unless -e $file;
		my $readers = join '', map { bare($_) } grep { $_ ne $file } source();
		my ($at, %line, @members) = 0;
		for (split /\n/, bare($file)) {
			$at++;
			if (/^\t\tconst char \*(\w+);|^\t\t(?:uint64_t|bool|enum \w+) (\w+);/) {
				push @members, $1 // $2;
				$line{$members[-1]} = $at;
			} elsif (/^\t\} (\w+);/) {
				found($file, $line{$_}, "nothing reads [$1] $_")
					for grep { $readers !~ /(?<!&c)(?:->|\.)$1\.$_\b/ } @members;
				@members = ();
			} elsif (/^\tstruct \{/) {
				@members = ();
			}
		}
	},

	# Templates of translations are what the pages say, and every translation is whole.
	words => sub {
		return unless -x 'scripts/words';
		if (!grep { -x "$_/xgettext" } split /:/, $ENV{PATH}) {
			print "skipped words: gettext is not installed\n";
			return;
		}
		for (split /\n/, `scripts/words --check 2>&1`) {
			my ($file, $why) = /^([\w.\/]+\.pot?):\s*(.*)/ ? ($1, $2) : ('scripts/words', $_);
			found($file, 1, $why);
		}
	},

	format => sub {
		my $version = `clang-format --version 2>/dev/null` // '';
		if ($version !~ /version 14\./) {
			print "skipped format: clang-format 14 is not installed\n";
			return;
		}
		my @list = c_files() or return;
		open my $pipe, '-|', 'sh', '-c', 'exec clang-format --dry-run "$@" 2>&1', 'sh', @list or die;
		my %seen;
		while (<$pipe>) {
			found($1, $2, 'not as clang-format writes it') if /^(\S+?):(\d+):\d+: warning/ && !$seen{$1}++;
		}
		close $pipe;
	},
);

@chosen = sort keys %rule unless @chosen;
my $bad = 0;
for my $name (@chosen) {
	die "no rule is called $name\n" unless $rule{$name};
	@found = ();
	$rule{$name}->();
	print "$_->[0]:$_->[1]: $name: $_->[2]\n" for @found;
	print @found ? "not ok $name\n" : "ok $name\n";
	$bad++ if @found;
}
exit($bad ? 1 : 0);
