-- Rows that every schema since the first one takes, on both databases: people, a study with votes of every kind, a preference set.
INSERT INTO account (email, display_name, role, password_hash, password_changed_at, created_at)
VALUES ('ada@example.org', 'Ada', 'admin', 'x', '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'), ('bob@example.org', 'Bob', 'researcher', 'x', '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z');
INSERT INTO prompt_set (name, description, source, licence, created_at) VALUES ('Prompts', '', '', '', '2025-01-01T00:00:00.000Z');
INSERT INTO prompt (prompt_set_id, position, text) VALUES (1, 1, 'a fox'), (1, 2, 'a hen'), (1, 3, 'a cow');
INSERT INTO system (name, description, created_at) VALUES ('old', '', '2025-01-01T00:00:00.000Z'), ('new', '', '2025-01-01T00:00:00.000Z');
INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, created_at)
SELECT s.system_id, p.prompt_id, 'sha of ' || p.text || ' by ' || s.name, 64, 64, 100, 'image/png', '2025-01-01T00:00:00.000Z' FROM system s CROSS JOIN prompt p ORDER BY s.system_id, p.prompt_id;
INSERT INTO study (name, link_token, state, votes_per_comparison, consent, instructions, system_a_id, system_b_id, created_by_account_id, created_at, opened_at)
VALUES ('An old study', 'link', 'running', 3, 'Consent.', 'Look.', 2, 1, 2, '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z');
INSERT INTO study_axis (study_id, axis, position, question, prompt_visible) VALUES (1, 'flaws', 1, 'Fewer flaws?', FALSE), (1, 'appeal', 2, 'More appealing?', TRUE);
INSERT INTO comparison (study_id, prompt_id, image_a_id, image_b_id, position)
SELECT 1, a.prompt_id, a.image_id, b.image_id, a.prompt_id FROM image a JOIN image b ON b.prompt_id = a.prompt_id AND b.system_id = 1 WHERE a.system_id = 2 ORDER BY a.prompt_id;
INSERT INTO rater (pseudonym, simulated, created_at) VALUES ('amber', FALSE, '2025-01-01T00:00:00.000Z'), ('birch', FALSE, '2025-01-01T00:00:00.000Z'), ('cedar', FALSE, '2025-01-01T00:00:00.000Z'), ('robot', TRUE, '2025-01-01T00:00:00.000Z');
INSERT INTO session (rater_id, study_id, consented_at) SELECT rater_id, 1, '2025-01-01T00:00:00.000Z' FROM rater ORDER BY rater_id;
INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until)
SELECT '00000000-0000-0000-0000-0000000' || r.rater_id || c.comparison_id || x.position || '00', 1, c.comparison_id, x.axis, r.rater_id, s.session_id,
  (x.position - 1) * 3 + c.position, r.rater_id = 1, '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'
FROM rater r JOIN session s ON s.rater_id = r.rater_id CROSS JOIN comparison c JOIN study_axis x ON x.study_id = 1;
INSERT INTO vote (vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, response_ms, shown_at, voted_at, received_at, clock_suspect, app_version)
SELECT a.assignment_id, a.assignment_id, 1, a.comparison_id, a.axis, a.rater_id,
  CASE WHEN a.comparison_id = 3 AND a.rater_id = 2 THEN 'tie' WHEN a.left_is_b THEN 'right' ELSE 'left' END,
  CASE WHEN a.comparison_id = 3 AND a.rater_id = 2 THEN 'tie' ELSE 'a' END,
  4000, '2025-01-02T00:00:00.000Z', '2025-01-02T00:00:04.000Z', '2025-01-02T00:00:05.000Z', FALSE, 'old'
FROM assignment a WHERE a.comparison_id < 3 OR a.rater_id <> 1;
INSERT INTO vote (vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner, response_ms, shown_at, voted_at, received_at, clock_suspect, app_version)
SELECT '00000000-0000-0000-0000-0000000000aa', vote_id, assignment_id, 1, comparison_id, axis, rater_id, CASE WHEN choice_screen = 'left' THEN 'right' ELSE 'left' END, 'b', 5000,
  '2025-01-02T00:01:00.000Z', '2025-01-02T00:01:04.000Z', '2025-01-02T00:01:05.000Z', FALSE, 'old' FROM vote WHERE comparison_id = 1 AND rater_id = 3 AND axis = 'flaws';
INSERT INTO vote_retraction (vote_id, retracted_at) SELECT vote_id, '2025-01-02T00:02:00.000Z' FROM vote WHERE comparison_id = 2 AND rater_id = 3 AND axis = 'flaws';
INSERT INTO preference_set (name, study_id, axis_rule, vote_source, sha256, pair_count, left_out, created_by_account_id, created_at)
VALUES ('Frozen', 1, 'flaws', 'real', 'abc', 1, '{}', 2, '2025-01-03T00:00:00.000Z');
INSERT INTO preference_pair (preference_set_id, pair_number, comparison_id, axis, prompt, chosen_image_id, rejected_image_id, votes_chosen, votes_rejected, votes_tie, weight)
SELECT 1, 1, comparison_id, 'flaws', 'a hen', image_a_id, image_b_id, 2, 0, 0, 1 FROM comparison WHERE comparison_id = 2;
