-- The sample programme: Fès-Meknès. A SAMPLE: amounts, criteria, quotas and texts are examples, not the programme's.

INSERT INTO region (code, name) VALUES
    ('MA-03', '{"ar": "فاس-مكناس", "fr": "Fès-Meknès", "en": "Fès-Meknès"}')
ON CONFLICT DO NOTHING;

INSERT INTO province (code, region, name) VALUES
    ('MA-FES', 'MA-03', '{"ar": "عمالة فاس", "fr": "Préfecture de Fès", "en": "Fès"}'),
    ('MA-MEK', 'MA-03', '{"ar": "عمالة مكناس", "fr": "Préfecture de Meknès", "en": "Meknès"}'),
    ('MA-BOM', 'MA-03', '{"ar": "إقليم بولمان", "fr": "Province de Boulemane", "en": "Boulemane"}'),
    ('MA-HAJ', 'MA-03', '{"ar": "إقليم الحاجب", "fr": "Province d''El Hajeb", "en": "El Hajeb"}'),
    ('MA-IFR', 'MA-03', '{"ar": "إقليم إفران", "fr": "Province d''Ifrane", "en": "Ifrane"}'),
    ('MA-MOU', 'MA-03', '{"ar": "إقليم مولاي يعقوب", "fr": "Province de Moulay Yacoub", "en": "Moulay Yacoub"}'),
    ('MA-SEF', 'MA-03', '{"ar": "إقليم صفرو", "fr": "Province de Sefrou", "en": "Sefrou"}'),
    ('MA-TAO', 'MA-03', '{"ar": "إقليم تاونات", "fr": "Province de Taounate", "en": "Taounate"}'),
    ('MA-TAZ', 'MA-03', '{"ar": "إقليم تازة", "fr": "Province de Taza", "en": "Taza"}')
ON CONFLICT DO NOTHING;

INSERT INTO call (id, slug, title, region, state, opens_at, closes_at, kinds, documents, consents, shortlisting, ice_strict, sample) VALUES (
    1, 'fes-meknes-2026',
    '{"ar": "جسر التمكين والريادة: فاس-مكناس 2026 (نموذج)", "fr": "Jisr pour l''autonomisation et le leadership : Fès-Meknès 2026 (exemple)", "en": "Jisr for empowerment and leadership: Fès-Meknès 2026 (sample)"}',
    'MA-03', 'OPEN', '2026-01-01T00:00:00Z', '2027-12-31T23:00:00Z',
    '["person", "cooperative"]',
    '[{"id": "identity", "title": {"ar": "نسخة من البطاقة الوطنية", "fr": "Copie de la CNIE", "en": "Copy of the identity card"},
        "why": {"ar": "لمطابقة رقم البطاقة مع صاحبته", "fr": "Pour rapprocher le numéro et sa titulaire", "en": "To match the number with its holder"}, "kinds": ["person", "cooperative"]},
      {"id": "statutes", "title": {"ar": "النظام الأساسي للتعاونية ولائحة العضوات", "fr": "Statuts de la coopérative et liste des adhérentes", "en": "Statutes of the cooperative and list of its members"},
        "why": {"ar": "للتحقق من العضوات ومن تمثلهن", "fr": "Pour vérifier les adhérentes et leur représentante", "en": "To check the members and who represents them"}, "kinds": ["cooperative"]}]',
    '[{"purpose": "processing", "version": "2026-1", "required": true, "text": {
         "ar": "أوافق على معالجة معطياتي لدراسة طلبي. هي محمية بالقانون 09-08، ولي حق الولوج والتصحيح والاعتراض.",
         "fr": "J''accepte que mes données servent à étudier ma demande. La loi 09-08 les protège : j''ai un droit d''accès, de rectification et d''opposition.",
         "en": "I agree that my data are used to examine my application. Law 09-08 protects them: I may see them, have them corrected, and object."}},
      {"purpose": "partner-referral", "version": "2026-1", "required": false, "text": {
         "ar": "أوافق على إطلاع الشركاء (التمويل والإدماج) على معطيات الاتصال بي إذا تم انتقائي. يمكنني سحب هذه الموافقة في أي وقت.",
         "fr": "J''accepte que des partenaires (financement, insertion) reçoivent mes coordonnées si je suis retenue. Je peux retirer cet accord à tout moment.",
         "en": "I agree that partners (funding, insertion) receive my contact details if I am selected. I may withdraw this at any time."}}]',
    'automatic', false, true
) ON CONFLICT DO NOTHING;

INSERT INTO quota (call_id, province, places) VALUES
    (1, 'MA-FES', 600), (1, 'MA-MEK', 450), (1, 'MA-TAO', 1500), (1, 'MA-TAZ', 350), (1, 'MA-SEF', 150),
    (1, 'MA-HAJ', 200), (1, 'MA-BOM', 100), (1, 'MA-IFR', 100), (1, 'MA-MOU', 60)
ON CONFLICT DO NOTHING;

-- Working calendars, for calls that count working days. Only the feasts of a fixed date: those that follow the moon are entered when they are announced.
INSERT INTO working_calendar (id, name, weekend) VALUES
    ('MA', '{"ar": "المغرب", "fr": "Maroc", "en": "Morocco"}', '{6,7}'),
    ('XA', '{"ar": "بلد متخيل (نموذج)", "fr": "Pays inventé (exemple)", "en": "Invented country (sample)"}', '{5,6}')
ON CONFLICT DO NOTHING;

INSERT INTO holiday (calendar, day, name)
SELECT 'MA', make_date(year, month, day), name::jsonb
FROM generate_series(2026, 2028) AS year,
     (VALUES (1, 1, '{"ar": "رأس السنة الميلادية", "fr": "Jour de l''an", "en": "New Year"}'),
             (1, 11, '{"ar": "ذكرى تقديم وثيقة الاستقلال", "fr": "Manifeste de l''indépendance", "en": "Independence Manifesto"}'),
             (1, 14, '{"ar": "رأس السنة الأمازيغية", "fr": "Nouvel an amazigh", "en": "Amazigh New Year"}'),
             (5, 1, '{"ar": "عيد الشغل", "fr": "Fête du travail", "en": "Labour Day"}'),
             (7, 30, '{"ar": "عيد العرش", "fr": "Fête du trône", "en": "Throne Day"}'),
             (8, 14, '{"ar": "استرجاع إقليم وادي الذهب", "fr": "Allégeance de Oued Ed-Dahab", "en": "Oued Ed-Dahab Day"}'),
             (8, 20, '{"ar": "ثورة الملك والشعب", "fr": "Révolution du roi et du peuple", "en": "Revolution of the King and the People"}'),
             (8, 21, '{"ar": "عيد الشباب", "fr": "Fête de la jeunesse", "en": "Youth Day"}'),
             (11, 6, '{"ar": "المسيرة الخضراء", "fr": "Marche verte", "en": "Green March"}'),
             (11, 18, '{"ar": "عيد الاستقلال", "fr": "Fête de l''indépendance", "en": "Independence Day"}')) AS feast (month, day, name)
ON CONFLICT DO NOTHING;

-- The sample call as an administrator would have drafted and published it: the editor begins from there.
UPDATE call SET ruleset = 'fes-meknes-2026' WHERE slug = 'fes-meknes-2026' AND ruleset IS NULL;
WITH document AS (
    SELECT c.slug, c.region, c.version,
           jsonb_build_object('id', c.slug, 'title', c.title, 'region', jsonb_build_object('code', r.code, 'name', r.name),
               'provinces', (SELECT jsonb_agg(jsonb_build_object('code', p.code, 'name', p.name, 'places', q.places) ORDER BY p.code)
                             FROM quota q JOIN province p ON p.code = q.province WHERE q.call_id = c.id),
               'opens_at', to_char(c.opens_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
               'closes_at', to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'kinds', c.kinds, 'documents', c.documents,
               'consents', c.consents, 'clock', jsonb_build_object('answer_days', c.answer_days, 'counting', c.counting,
                                                                   'complement_days', c.complement_days, 'draft_days', c.draft_days),
               'shortlisting', c.shortlisting, 'ruleset', c.ruleset, 'ice_strict', c.ice_strict, 'sample', c.sample, 'members_min', c.members_min,
               'fields', c.fields)::text AS text
    FROM call c JOIN region r ON r.code = c.region WHERE c.slug = 'fes-meknes-2026'
), drafted AS (
    INSERT INTO call_draft (slug, version, document, region, changed_by, changed_at) SELECT slug, 1, text, region, 'sample', now() FROM document
    ON CONFLICT DO NOTHING
)
INSERT INTO call_version (slug, version, document, published_by, published_at)
SELECT slug, version, text, 'sample', now() FROM document WHERE NOT EXISTS (SELECT FROM call_version v WHERE v.slug = document.slug);
