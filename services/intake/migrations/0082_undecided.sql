-- Every state that a file can rest in is held by a class, or what nobody decided or closed would stay for good.
UPDATE retention_class SET states = '{FUNDED,FOLLOW_UP,CLOSED}' WHERE name = 'financed';
UPDATE retention_class SET place = place + 1 WHERE place > (SELECT place FROM retention_class WHERE name = 'not-retained');
INSERT INTO retention_class (name, place, how, states, since, days, reason) VALUES
    ('undecided', 5, 'erase', '{SUBMITTED,DUPLICATE_REVIEW,SCREENING,INFO_REQUESTED,ELIGIBLE,IN_REVIEW,SHORTLISTED,APPROVED}', 'call-end', 1095,
     '{"ar": "ثلاث سنوات بعد نهاية النداء: ملف بقي بلا قرار أو بلا تمويل", "fr": "Trois ans après la fin de l''appel : un dossier resté sans décision, ou sans financement", "en": "Three years after the end of the call: a file that was left without a decision, or without its funding"}');
