# Tests of src/http.
noinst_PROGRAMS += t/bench/bench_http
t_bench_bench_http_SOURCES = t/bench/bench_http.c
t_bench_bench_http_LDADD = libflorin.a $(LIBS_FLORIN)
