-- Sample programme (marked as a sample): training sessions of the call fes-meknes-2026, 25 seats each, as many as the province's quota needs
-- (Fès and Meknès have fewer than they need, so that a waiting list can be seen).
INSERT INTO desk (call, province)
SELECT 'fes-meknes-2026', code FROM unnest(ARRAY['MA-FES', 'MA-MEK', 'MA-TAO', 'MA-TAZ', 'MA-SEF', 'MA-HAJ', 'MA-BOM', 'MA-IFR', 'MA-MOU']) AS code
ON CONFLICT DO NOTHING;

INSERT INTO session (id, call, province, course, title, place, starts_at, capacity, sample)
SELECT md5('jisr-sample-session-' || p.code || n)::uuid, 'fes-meknes-2026', p.code, 'agr-management',
       '{"ar":"تدبير نشاط مدر للدخل","fr":"Gérer une activité génératrice de revenus","en":"Running an income-generating activity"}',
       p.place, timestamptz '2027-01-11 08:30:00+00' + (n / 2) * interval '7 days' + (n % 2) * interval '4 hours', 25, true
FROM (VALUES ('MA-FES', 16, 'Centre d''éducation et de formation, Fès'), ('MA-MEK', 14, 'Centre d''éducation et de formation, Meknès'),
             ('MA-TAO', 62, 'Maison de la jeune fille, Taounate'), ('MA-TAZ', 15, 'Espace multifonctionnel des femmes, Taza'),
             ('MA-SEF', 7, 'Centre d''éducation et de formation, Sefrou'), ('MA-HAJ', 9, 'Espace multifonctionnel des femmes, El Hajeb'),
             ('MA-BOM', 5, 'Maison de la jeune fille, Boulemane'), ('MA-IFR', 5, 'Espace multifonctionnel des femmes, Azrou'),
             ('MA-MOU', 3, 'Centre d''éducation et de formation, Moulay Yacoub')) AS p (code, sessions, place),
     LATERAL generate_series(0, p.sessions - 1) AS n
ON CONFLICT DO NOTHING;
