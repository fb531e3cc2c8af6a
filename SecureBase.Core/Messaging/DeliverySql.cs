namespace SecureBase.Core.Messaging;

/// <summary>The statements of the delivery queue. Each names its tenant, works on many rows and takes locks of several lanes or keys in one order.</summary>
internal static class DeliverySql
{
    private const string InterruptedError = "The sending process ended before it recorded an outcome.";

    // Attempts that came to nothing through no fault of the receiver use up none of the schedule, but for ever they cannot: one may be what ends the process.
    private const string UncountedAreLeft =
        "(select count(*) from delivery_attempts i where i.tenant_id = $1 and i.delivery_id = d.id and i.outcome = 'interrupted') < 20";

    /// <summary>
    /// $1 tenant, $2 channels, $3 lanes, $4 how many of each, $5 now, $6 token, $7 end of the lease. A lane that is limited or half-open is
    /// asked by one node at a time; to another it has nothing to give at that moment. The billionth makes good what sums of fractions lose.
    /// </summary>
    /// <remarks>A row whose lease ran out still carries its token: its attempt is recorded as interrupted, under the number it had.</remarks>
    internal const string Lease = $"""
        with wanted (channel, lane, take) as (select * from unnest($2::text[], $3::text[], $4::int[])),
        governed as (
          select s.channel, s.lane, s.half_open, s.paused or coalesce(s.held_until > $5, false) as closed, s.half_open or s.per_second is not null as strict
          from wanted w join delivery_lanes s on s.tenant_id = $1 and s.channel = w.channel and s.lane = w.lane),
        strict as (
          select s.channel, s.lane, s.half_open, s.per_second,
            least(s.per_second::float8, s.allowance + s.per_second * coalesce(extract(epoch from $5 - s.allowance_at), 1)) as allowance
          from governed g join delivery_lanes s on s.tenant_id = $1 and s.channel = g.channel and s.lane = g.lane
          where g.strict and not g.closed and not s.paused and coalesce(s.held_until <= $5, true)
          order by s.channel, s.lane for update of s skip locked),
        allowed as (
          select w.channel, w.lane, case
            when g.lane is null then w.take
            when g.closed then 0
            when not g.strict then w.take
            when s.lane is null then 0
            when s.half_open then least(1, floor(coalesce(s.allowance, 1) + 1e-9))::int
            else least(w.take, floor(s.allowance + 1e-9))::int end as take
          from wanted w
          left join governed g on g.channel = w.channel and g.lane = w.lane
          left join strict s on s.channel = w.channel and s.lane = w.lane),
        due as (
          select d.* from allowed w cross join lateral (
            select id, lease_token, attempt_count from deliveries
            where tenant_id = $1 and channel = w.channel and lane = w.lane and status = 'pending' and next_attempt_at <= $5
            order by next_attempt_at limit w.take for update skip locked) d
          where w.take > 0),
        interrupted as (
          insert into delivery_attempts (tenant_id, delivery_id, number, at, outcome, latency_ms, error)
          select $1, id, attempt_count, $5, 'interrupted', 0, '{InterruptedError}' from due where lease_token is not null
          on conflict do nothing),
        leased as (
          update deliveries d set lease_token = $6, next_attempt_at = $7, attempt_count = d.attempt_count + 1,
            earlier_attempts = d.earlier_attempts + case when due.lease_token is not null and {UncountedAreLeft} then 1 else 0 end
          from due where d.tenant_id = $1 and d.id = due.id
          returning d.id, d.channel, d.target, d.lane, d.attempt_count, d.event_id, d.earlier_attempts, d.order_key),
        spent as (
          update delivery_lanes s set
            allowance = coalesce(u.allowance, 0) - u.taken, allowance_at = $5,
            held_until = case when u.half_open and u.taken > 0 then $7 else s.held_until end
          from (
            select t.channel, t.lane, t.half_open, t.allowance, (select count(*) from leased l where l.channel = t.channel and l.lane = t.lane) as taken from strict t) u
          where s.tenant_id = $1 and s.channel = u.channel and s.lane = u.lane and u.taken > 0)
        select l.id, l.channel, l.target, l.lane, l.attempt_count, l.event_id, e.type, e.subject_kind, e.subject_id, e.occurred_at,
          case when p.body is null then e.data end, l.earlier_attempts, l.order_key, p.body,
          coalesce((select t.half_open from strict t where t.channel = l.channel and t.lane = l.lane), false),
          exists (select from strict t where t.channel = l.channel and t.lane = l.lane)
        from leased l
        join outbox_events e on e.tenant_id = $1 and e.id = l.event_id
        left join delivery_payloads p on p.tenant_id = $1 and p.event_id = l.event_id and p.channel = l.channel
        order by e.position
        """;

    internal const string Renew = "update deliveries set next_attempt_at = $2 where tenant_id = $1 and id = any($3) and lease_token = any($4) returning id, lease_token";

    /// <summary>
    /// $1 tenant, $2 lanes. Held to the end of the transaction by whoever puts deliveries that go in order behind others or lets the next
    /// of them go, so that none is put behind one that ends at that moment. Taken in one order, and before any row is.
    /// </summary>
    internal const string LockOrder =
        "select pg_advisory_xact_lock(k.key) from (select distinct hashtextextended('ordered ' || $1::text || ' ' || l, 0) as key from unnest($2::text[]) l order by 1) k";

    /// <summary>$1 tenant, $2… one array for each column of an attempt. Answers which of them were this caller's to record.</summary>
    internal const string Record = $"""
        with made (id, token, number, at, outcome, latency_ms, error, status, next_attempt_at, status_code) as (
          select * from unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::int[], $8::text[], $9::text[], $10::timestamptz[], $11::int[])),
        recorded as (
          update deliveries d set status = made.status, lease_token = null, next_attempt_at = coalesce(made.next_attempt_at, made.at),
            earlier_attempts = d.earlier_attempts + case when made.outcome = 'interrupted' and {UncountedAreLeft} then 1 else 0 end,
            finished_at = case when made.status <> 'pending' then made.at + made.latency_ms * interval '1 millisecond' end
          from made where d.tenant_id = $1 and d.id = made.id and d.lease_token = made.token and d.status = 'pending'
          returning d.id, made.token)
        insert into delivery_attempts (tenant_id, delivery_id, number, at, outcome, latency_ms, error, status_code)
        select $1, made.id, made.number, made.at, made.outcome, made.latency_ms, made.error, made.status_code from made join recorded on recorded.id = made.id and recorded.token = made.token
        returning delivery_id
        """;

    /// <summary>$1 tenant, $2 deliveries, $3 numbers, $4… one array for each column. Those whose attempt was not recorded are left out.</summary>
    internal const string Exchanges = """
        insert into delivery_exchanges (tenant_id, delivery_id, number, url, request_headers, response_headers, response_body, response_truncated)
        select $1, m.* from unnest($2::uuid[], $3::int[], $4::text[], $5::jsonb[], $6::jsonb[], $7::bytea[], $8::boolean[]) as m (id, number, url, sent, received, body, truncated)
        where exists (select from delivery_attempts a where a.tenant_id = $1 and a.delivery_id = m.id and a.number = m.number)
        on conflict do nothing
        """;

    /// <summary>
    /// Lets go whoever is next of each key: $1 tenant, $2 channels, $3 lanes, $4 keys, $5 now. A statement of its own after <see cref="LockOrder"/>
    /// and the one that recorded the end before it: only so it sees what was put behind that. While fan-out has put an earlier event
    /// of the subject off, nobody goes: <see cref="DeliveryOrder"/> lets go when that event is dispatched.
    /// </summary>
    internal const string LetNextGo = """
        update deliveries d set next_attempt_at = $5
        from (select distinct * from unnest($2::text[], $3::text[], $4::uuid[]) as k (channel, lane, order_key)) k
        cross join lateral (
          select n.id, n.sequence from deliveries n
          where n.tenant_id = $1 and n.channel = k.channel and n.lane = k.lane and n.order_key = k.order_key and n.status = 'pending'
          order by n.sequence limit 1) first
        where d.tenant_id = $1 and d.id = first.id and d.status = 'pending' and d.next_attempt_at = 'infinity'
          and not exists (
            select from outbox_events e where e.tenant_id = $1 and e.dispatched_at is null and e.failed_dispatches > 0 and e.position < first.sequence and e.subject_id = k.order_key)
        """;

    /// <summary>
    /// How governed lanes fared: $1 tenant, $2 channels, $3 lanes, $4 ends of attempts, $5 outcomes, $6 whether the schedule was used up,
    /// $7 errors, $8 holds until, $9 holds half-open, $10 probes, $11 deliveries, $12 numbers of attempts. Those that this transaction has not recorded
    /// are left out: when the answer to a commit was lost, they are counted already.
    /// </summary>
    internal const string Fare = """
        with made as (
          select * from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::boolean[], $7::text[], $8::timestamptz[], $9::boolean[], $10::boolean[], $11::uuid[], $12::int[])
            as m (channel, lane, at, outcome, exhausted, error, held_until, half_open, probe, id, number)
          where m.outcome in ('succeeded', 'failed') and exists (
            select from delivery_attempts a
            where a.tenant_id = $1 and a.delivery_id = m.id and a.number = m.number and a.xmin = pg_current_xact_id()::xid)),
        lanes as materialized (
          select s.channel, s.lane from delivery_lanes s
          where s.tenant_id = $1 and (s.channel, s.lane) in (select channel, lane from made)
          order by s.channel, s.lane for update),
        fared as (
          select m.channel, m.lane, count(*) filter (where m.outcome = 'succeeded') as succeeded, count(*) filter (where m.outcome = 'failed') as failed,
            min(m.at) filter (where m.outcome = 'failed') as first_failed, max(m.at) filter (where m.outcome = 'failed') as last_failed,
            (array_agg(m.error order by m.at desc) filter (where m.outcome = 'failed'))[1] as error,
            count(*) filter (where m.exhausted) as exhausted, max(m.held_until) as held_until, coalesce(bool_or(m.half_open), false) as half_open,
            bool_or(m.probe and m.outcome = 'succeeded') as passed
          from made m join lanes l on l.channel = m.channel and l.lane = m.lane
          group by m.channel, m.lane),
        noted as (
          update delivery_lanes s set
            failing_since = case when f.succeeded > 0 then null else coalesce(s.failing_since, f.first_failed) end,
            last_failed_at = coalesce(f.last_failed, s.last_failed_at), last_error = coalesce(f.error, s.last_error),
            exhausted = case when f.succeeded > 0 then 0 else s.exhausted + f.exhausted end,
            held_until = case when f.passed then null else greatest(s.held_until, f.held_until) end,
            half_open = case when f.passed then false else s.half_open or f.half_open end
          from fared f
          where s.tenant_id = $1 and s.channel = f.channel and s.lane = f.lane and (f.failed > 0 or s.failing_since is not null or s.exhausted > 0 or f.passed))
        insert into delivery_tallies as t (tenant_id, channel, lane, quarter, succeeded, failed)
        select $1, m.channel, m.lane, date_bin('15 minutes', m.at, timestamptz '2000-01-01 00:00:00Z') as quarter,
          count(*) filter (where m.outcome = 'succeeded'), count(*) filter (where m.outcome = 'failed')
        from made m join lanes l on l.channel = m.channel and l.lane = m.lane
        group by m.channel, m.lane, quarter order by m.channel, m.lane, quarter
        on conflict (tenant_id, channel, lane, quarter) do update set succeeded = t.succeeded + excluded.succeeded, failed = t.failed + excluded.failed
        """;
}
