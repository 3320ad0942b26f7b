foreach(part cursor guard problem router)
    jisr_test(unit http_${part}_test SOURCES tests/unit/http_${part}_test.c LINK jisr_http)
endforeach()
