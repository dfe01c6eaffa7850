/// The statements themselves. `expires_at = '-infinity'` says that a node is gone; a row that never had a time counts
/// as gone as well. Its session says how: 0 that it was declared gone, -1 that it left.
extension PostgresLeases {
  /// The marks are compared for equality only.
  static let beatOf = "(extract(epoch FROM n.beat_at) * 1000000)::bigint"
  static let isGone = "coalesce(n.expires_at, '-infinity') = '-infinity'"
  /// How long a beat of the node holds, in microseconds. Both times are of one beat, so no clock shows in it.
  static let leaseOf =
    "CASE WHEN \(isGone) THEN 0 ELSE (extract(epoch FROM n.expires_at - n.beat_at) * 1000000)::bigint END"
  /// What was given back rests a second, until requests that have just ended have ended for the server too. A time
  /// further off was written before the clock was set back.
  static let hasRested = "(l.free_at IS NULL OR l.free_at <= now() OR l.free_at > now() + interval '1 minute')"
  static let isIn = "EXISTS (SELECT FROM nodes WHERE name = ?1 AND session = ?2 AND expires_at > '-infinity')"

  static let join = """
    INSERT INTO nodes AS n (name, instance, session, beat_at, expires_at, version, address)
    VALUES (?1, ?2, ?3, now(), now() + ?4::bigint * interval '1 microsecond', ?5, ?6)
    ON CONFLICT (name) DO UPDATE SET instance = excluded.instance, session = excluded.session,
      beat_at = excluded.beat_at, expires_at = excluded.expires_at, version = excluded.version,
      address = excluded.address, figures = NULL
    WHERE n.session = excluded.session OR \(isGone) OR (?7::boolean AND n.instance = excluded.instance)
      OR EXISTS (SELECT FROM unnest(?8::bigint[], ?9::bigint[]) AS o (session, beat)
                 WHERE o.session = n.session AND o.beat = \(beatOf))
    RETURNING n.is_draining
    """

  static let adopt = """
    UPDATE leases AS l SET epoch = l.epoch + 1, held_since = now() WHERE l.node = ?1 AND \(isIn)
    RETURNING l.rate_group, l.epoch, l.weight
    """

  /// The renewal and the look around in one. What is selected of the own row is as it was before.
  static let beat = """
    WITH me AS (
      UPDATE nodes SET beat_at = now(), expires_at = now() + ?3::bigint * interval '1 microsecond', figures = ?4
      WHERE name = ?1 AND session = ?2 AND expires_at > '-infinity' RETURNING is_draining
    )
    SELECT n.name, n.session, \(beatOf), \(leaseOf), n.is_draining, \(isGone),
      CASE WHEN \(isGone) THEN (SELECT coalesce(sum(l.weight), 0) FROM leases l WHERE l.node = n.name)
           ELSE coalesce(substring(n.figures FROM '"weight": ?([0-9]{1,15})')::bigint, 0) END,
      coalesce(substring(n.figures FROM '"wished": ?([0-9]{1,15})')::bigint, 0),
      EXISTS (SELECT FROM me), (SELECT is_draining FROM me),
      (SELECT coalesce(sum(weight), 0) FROM leases WHERE node IS NULL AND weight > 0),
      extract(epoch FROM now())
    FROM nodes n
    """

  static let list = """
    SELECT l.rate_group, l.epoch, l.weight FROM leases l WHERE l.node = ?1 AND \(isIn)
    """

  /// Epochs begin with the time, so that none comes twice should a row be forgotten and made again.
  static let wish = """
    INSERT INTO leases AS l (rate_group, weight, epoch)
    SELECT t.rate_group, t.weight, extract(epoch FROM now())::bigint
    FROM unnest(?1::text[], ?2::bigint[]) AS t (rate_group, weight)
    ON CONFLICT (rate_group) DO UPDATE SET weight = excluded.weight WHERE l.weight <> excluded.weight
    """

  /// In the row that the node itself renews: the one comes first or the other, and who comes second finds that out.
  static let bury = """
    UPDATE nodes AS n SET session = 0, expires_at = '-infinity'
    FROM unnest(?1::text[], ?2::bigint[], ?3::bigint[]) AS m (name, session, beat)
    WHERE n.name = m.name AND n.session = m.session AND \(beatOf) = m.beat RETURNING n.name
    """

  /// The row of a holder that is gone is locked as well: it cannot come back and take its groups on while they are
  /// taken. What others hold a lock on is left to them.
  static let claim = """
    WITH free AS (
      SELECT l.rate_group, l.weight, l.held_since, false AS is_silent FROM leases l
      WHERE l.node IS NULL AND l.weight > 0 AND \(hasRested) AND (?5::text[] IS NULL OR l.rate_group = ANY (?5::text[]))
      LIMIT ?3 FOR UPDATE SKIP LOCKED
    ), orphaned AS (
      SELECT l.rate_group, l.weight, l.held_since, n.session = 0 AS is_silent FROM nodes n JOIN leases l ON l.node = n.name
      WHERE n.expires_at = '-infinity' AND l.weight > 0 AND (?5::text[] IS NULL OR l.rate_group = ANY (?5::text[]))
      LIMIT ?3 FOR UPDATE OF l SKIP LOCKED FOR SHARE OF n SKIP LOCKED
    ), found AS (
      SELECT * FROM free UNION ALL SELECT * FROM orphaned
    ), counted AS (
      SELECT rate_group, held_since, is_silent, sum(weight) OVER (ORDER BY rate_group) - weight AS before FROM found
    )
    UPDATE leases AS l SET node = ?1, epoch = l.epoch + 1, held_since = now(), free_at = NULL
    FROM counted c WHERE l.rate_group = c.rate_group AND c.before < ?4::bigint AND \(isIn)
    RETURNING l.rate_group, l.epoch, l.weight, c.held_since IS NOT NULL, c.is_silent
    """

  /// Names those that are still held: somebody is about to save something under them.
  static let release = """
    WITH asked AS (
      SELECT * FROM unnest(?3::text[], ?4::bigint[]) AS t (rate_group, epoch)
    ), mine AS (
      SELECT l.rate_group FROM leases l JOIN asked a ON a.rate_group = l.rate_group
      WHERE l.node = ?1 AND l.epoch = a.epoch FOR UPDATE OF l SKIP LOCKED
    ), freed AS (
      UPDATE leases AS l SET node = NULL, free_at = now() + interval '1 second'
      FROM mine m WHERE l.rate_group = m.rate_group RETURNING l.rate_group
    ), told AS (
      UPDATE nodes SET figures = ?5 WHERE name = ?1 AND session = ?2
    )
    SELECT l.rate_group FROM leases l JOIN asked a ON a.rate_group = l.rate_group
    WHERE l.node = ?1 AND l.epoch = a.epoch AND l.rate_group NOT IN (SELECT rate_group FROM freed)
    """

  static let acquire = """
    WITH gone AS (
      SELECT n.name FROM leases l JOIN nodes n ON n.name = l.node
      WHERE l.rate_group = ?3 AND n.expires_at = '-infinity' FOR SHARE OF n
    )
    INSERT INTO leases AS l (rate_group, node, epoch, weight, held_since)
    SELECT ?3, ?1, extract(epoch FROM now())::bigint, 0, now() WHERE \(isIn)
    ON CONFLICT (rate_group) DO UPDATE SET node = excluded.node, epoch = l.epoch + 1, held_since = now(), free_at = NULL
    WHERE (l.node IS NULL AND \(hasRested)) OR l.node IN (SELECT name FROM gone)
    RETURNING l.rate_group, l.epoch, l.weight, l.xmax::text <> '0', false
    """

  /// Rows of groups that sources are in are never forgotten: nobody would miss them before the next start.
  static let tidy = """
    WITH idle AS (
      SELECT rate_group FROM leases
      WHERE node IS NULL AND weight = 0 AND free_at < now() - interval '7 days' LIMIT 10000 FOR UPDATE SKIP LOCKED
    ), orphaned AS (
      SELECT l.rate_group FROM nodes n JOIN leases l ON l.node = n.name
      WHERE n.expires_at = '-infinity' AND n.beat_at < now() - interval '7 days' AND l.weight = 0
      LIMIT 10000 FOR UPDATE OF l SKIP LOCKED FOR SHARE OF n SKIP LOCKED
    ), names AS (
      DELETE FROM nodes n WHERE n.expires_at = '-infinity' AND n.beat_at < now() - interval '30 days'
        AND NOT EXISTS (SELECT FROM leases l WHERE l.node = n.name)
    )
    DELETE FROM leases WHERE rate_group IN (SELECT rate_group FROM idle UNION ALL SELECT rate_group FROM orphaned)
    """
}
