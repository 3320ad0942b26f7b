-- What follows the committee's yes, as JSON that is shown: NULL until it has happened.
ALTER TABLE application
    ADD COLUMN funding   text, -- {"amount_centimes","paid_on","reference"}: no name belongs in it; it stays with the public accounts when she is erased
    ADD COLUMN follow_up text; -- {"began_on","by","ended_on","outcome"}

-- The accounts of a project begin with its payment, often long after the end of its call.
UPDATE retention_class SET since = 'last-change',
    reason = '{"ar": "عشر سنوات بعد نهاية المواكبة: وثائق محاسبية لأموال عمومية", "fr": "Dix ans après la fin de l''accompagnement : pièces comptables de fonds publics", "en": "Ten years after the end of the accompaniment: accounting records of public funds"}'
WHERE name = 'financed';
