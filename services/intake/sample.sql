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
    '[{"id": "identity", "title": {"ar": "نسخة من البطاقة الوطنية", "fr": "Copie de la CNIE", "en": "Copy of the identity card"}, "kinds": ["person", "cooperative"]},
      {"id": "statutes", "title": {"ar": "النظام الأساسي للتعاونية ولائحة العضوات", "fr": "Statuts de la coopérative et liste des adhérentes", "en": "Statutes of the cooperative and list of its members"}, "kinds": ["cooperative"]}]',
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
