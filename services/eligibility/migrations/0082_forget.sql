-- Erasure: what her form came to, criterion by criterion (a disability, an income), says as much of her as the form did, and is no figure. Outcome and score
-- are. A function of the owner's, as former assessments are changed by nothing else.
CREATE FUNCTION forget_assessments(ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE decision SET criteria = '[]', snapshot = '' WHERE application_id = ANY (ids) AND outcome IS NOT NULL;
    UPDATE former_assessment SET criteria = '[]', snapshot = '' WHERE application_id = ANY (ids);
END
$$;
