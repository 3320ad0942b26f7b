jisr_test(unit net_ssrf_test SOURCES tests/unit/net_ssrf_test.c LINK jisr_net)
jisr_test(unit net_client_test SOURCES tests/unit/net_client_test.c LINK jisr_net)
