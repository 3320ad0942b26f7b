jisr_test(unit eligibility_rules_test SOURCES tests/unit/eligibility_rules_test.c LINK eligibility_rules jisr_base m)
jisr_test(unit eligibility_ruleset_test SOURCES tests/unit/eligibility_ruleset_test.c LINK eligibility_domain eligibility_rules jisr_base m)
jisr_embed(eligibility_ruleset_test SAMPLE_RULESETS proto/rulesets/fes-meknes-2026.json)
jisr_test(unit eligibility_places_test SOURCES tests/unit/eligibility_places_test.c LINK eligibility_domain eligibility_rules jisr_base m)
