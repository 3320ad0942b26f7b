-- The reports of files that staff have sent: the file itself goes when its last line was taken; which application each line made, and under what name
-- the file came, are needed for a while and not for good.
UPDATE retention_class SET place = place + 1 WHERE place > 2;
INSERT INTO retention_class (name, place, how, states, since, days, reason) VALUES
    ('imports', 3, 'remove', '{}', 'last-change', 365,
     '{"ar": "تقرير ملف أرسله العون: للتصحيح والمراقبة خلال السنة", "fr": "Le rapport d''un fichier envoyé par un agent : corrections et contrôles dans l''année", "en": "The report of a file that staff have sent: corrections and controls within the year"}');

CREATE OR REPLACE VIEW retention_upload AS
SELECT k.name AS class, d.id, d.application_id, a.hold IS NOT NULL AS held, c.slug, d.changed_at + make_interval(days => k.days) AS over_at
FROM retention_class k
JOIN document d ON d.state IN ('UPLOADING', 'REFUSED')
JOIN application a ON a.id = d.application_id
JOIN call c ON c.id = a.call_id
WHERE k.name = 'uploads';
CREATE VIEW retention_import AS
SELECT i.id, c.slug, i.changed_at + make_interval(days => k.days) AS over_at
FROM retention_class k
JOIN import i ON i.state IN ('DONE', 'REFUSED', 'CANCELLED')
JOIN call c ON c.id = i.call_id
WHERE k.name = 'imports';
