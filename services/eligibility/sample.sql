-- The sample call, as eligibility sees it. A SAMPLE: places and criteria are examples, not the programme's.

INSERT INTO call (id, region, shortlisting, ruleset, sample) VALUES ('fes-meknes-2026', 'MA-03', 'automatic', 'fes-meknes-2026', true)
ON CONFLICT DO NOTHING;

INSERT INTO quota (call, province, places) VALUES
    ('fes-meknes-2026', 'MA-FES', 600), ('fes-meknes-2026', 'MA-MEK', 450), ('fes-meknes-2026', 'MA-TAO', 1500),
    ('fes-meknes-2026', 'MA-TAZ', 350), ('fes-meknes-2026', 'MA-SEF', 150), ('fes-meknes-2026', 'MA-HAJ', 200),
    ('fes-meknes-2026', 'MA-BOM', 100), ('fes-meknes-2026', 'MA-IFR', 100), ('fes-meknes-2026', 'MA-MOU', 60)
ON CONFLICT DO NOTHING;
