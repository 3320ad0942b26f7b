jisr_test(unit intake_identity_test SOURCES tests/unit/intake_identity_test.c LINK intake_domain jisr_base)
jisr_test(unit intake_application_test SOURCES tests/unit/intake_application_test.c LINK intake_domain jisr_base)
jisr_test(unit intake_validate_test SOURCES tests/unit/intake_validate_test.c LINK intake_parts intake_domain jisr_service)
jisr_test(unit intake_guesses_test SOURCES tests/unit/intake_guesses_test.c LINK intake_parts intake_domain jisr_service)
