-- How long what is kept of people, and why: the classes of the programme's records. A length may be changed; what is done is done.

ALTER TABLE call ADD COLUMN closed_at timestamptz; -- when it was closed before its time

CREATE TABLE retention_class (
    name   text PRIMARY KEY,
    place  integer NOT NULL,                                                -- in the list
    how    text NOT NULL CHECK (how IN ('erase', 'remove', 'by-itself', 'kept')), -- erase: her keys are destroyed; remove: rows go; both by jisrctl retention
    states text[] NOT NULL DEFAULT '{}',                                    -- of the files that it holds
    since  text NOT NULL CHECK (since IN ('last-change', 'call-end', 'record')),
    days   integer CHECK (days BETWEEN 0 AND 36500),                        -- NULL: as long as the platform
    reason jsonb NOT NULL
);
COMMENT ON TABLE retention_class IS 'a sample: a lawyer decides the lengths of a programme';

INSERT INTO retention_class (name, place, how, states, since, days, reason) VALUES
    ('drafts', 1, 'erase', '{EXPIRED}', 'last-change', 30,
     '{"ar": "مسودة لم ترسل قط: لا قرار بشأنها", "fr": "Un brouillon jamais envoyé : rien n''est décidé à son sujet", "en": "A draft that was never sent: nothing is decided about it"}'),
    ('uploads', 2, 'remove', '{}', 'last-change', 7,
     '{"ar": "ملف لم يكتمل إرساله أو رُفض", "fr": "Une pièce dont l''envoi n''a pas fini, ou qui a été refusée", "en": "A document whose upload never ended, or that was refused"}'),
    ('not-retained', 3, 'erase', '{INELIGIBLE,REJECTED,WAITLISTED,WITHDRAWN,EXPIRED,MERGED}', 'call-end', 730,
     '{"ar": "سنتان بعد نهاية النداء: الطعون والمراقبة", "fr": "Deux ans après la fin de l''appel : recours et contrôles", "en": "Two years after the end of the call: appeals and controls"}'),
    ('financed', 4, 'erase', '{CLOSED}', 'call-end', 3650,
     '{"ar": "عشر سنوات: وثائق محاسبية لأموال عمومية", "fr": "Dix ans : pièces comptables de fonds publics", "en": "Ten years: accounting records of public funds"}'),
    ('answers', 5, 'by-itself', '{}', 'record', 30,
     '{"ar": "لكي تجاب الطلبات المكررة بنفس الجواب", "fr": "Pour répondre pareil à une requête répétée", "en": "So that a repeated request gets the same answer"}'),
    ('events', 6, 'by-itself', '{}', 'record', 30,
     '{"ar": "لإعادة بناء ما فقد؛ بلا معطيات مقروءة", "fr": "Pour reconstruire ce qui se perdrait ; rien n''y est lisible", "en": "To rebuild what might be lost; nothing in them can be read"}'),
    ('audit', 7, 'kept', '{}', 'record', NULL,
     '{"ar": "سلسلة تثبت من فعل ماذا؛ بلا أسماء النساء", "fr": "La chaîne qui prouve qui a fait quoi ; sans nom de femme", "en": "The chain that proves who did what; no woman''s name is in it"}');

-- Files that a class holds, and when their time is over: counted from the end of their call (closed early: from then), or from their last change.
-- Of what was erased nothing is left to be held.
CREATE VIEW retention_file AS
SELECT k.name AS class, a.id, a.hold IS NOT NULL AS held, c.slug,
       CASE k.since WHEN 'call-end' THEN CASE WHEN c.state = 'CLOSED' THEN least(c.closed_at, c.closes_at) ELSE c.closes_at END
                    ELSE (a.history::jsonb -> -1 ->> 'at')::timestamptz END + make_interval(days => k.days) AS over_at
FROM retention_class k
JOIN application a ON a.state = ANY (k.states) AND (a.submitted_at IS NULL) = (k.name = 'drafts')
JOIN call c ON c.id = a.call_id
WHERE k.how = 'erase' AND octet_length(a.body) > 0;
CREATE VIEW retention_upload AS
SELECT k.name AS class, d.id, d.application_id, a.hold IS NOT NULL AS held, c.slug, d.changed_at + make_interval(days => k.days) AS over_at
FROM retention_class k
JOIN document d ON d.state IN ('UPLOADING', 'REFUSED')
JOIN application a ON a.id = d.application_id
JOIN call c ON c.id = a.call_id
WHERE k.how = 'remove';
