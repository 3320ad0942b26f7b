jisr_test(unit crypto_test SOURCES tests/unit/crypto_test.c LINK jisr_crypto)
jisr_test(unit crypto_jwt_test SOURCES tests/unit/crypto_jwt_test.c LINK jisr_crypto)
