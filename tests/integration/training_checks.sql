-- What the tests of training ask of the tables.

-- name: add_session
INSERT INTO session (id, call, province, course, title, place, starts_at, capacity)
SELECT gen_random_uuid(), d.call, d.province, 'course', '{}', $2::text, now() + $3::int * interval '1 day', $4::int FROM desk d WHERE d.province = $1::text

-- name: enrolment
-- "MA-TAO OFFERED at Ghafsai"
SELECT concat_ws(' ', e.province, e.state, 'at ' || s.place) FROM enrolment e LEFT JOIN session s ON s.id = e.session WHERE e.application = $1::uuid

-- name: told
-- Her events in order: type's last word, version, province, transitions.
SELECT coalesce(string_agg(concat_ws(' ', split_part(o.type, '.', 4), o.version, o.data::json ->> 'province',
                                     (SELECT string_agg(concat(t ->> 'from', '>', t ->> 'to'), ' ') FROM json_array_elements(o.data::json -> 'transitions') AS t)),
                           ', ' ORDER BY o.id), '')
FROM outbox o WHERE o.key = $1::uuid

-- name: miscounted
-- Desks and sessions whose numbers are not those of the enrolments.
SELECT (SELECT count(*) FROM desk d
        WHERE d.waiting <> (SELECT count(*) FROM enrolment e WHERE e.call = d.call AND e.province = d.province AND e.state = 'WAITLISTED'))
     + (SELECT count(*) FROM session s
        WHERE s.enrolled <> (SELECT count(*) FROM enrolment e WHERE e.session = s.id AND e.state IN ('OFFERED', 'ENROLLED', 'ATTENDING')))
