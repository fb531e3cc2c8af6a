namespace SecureBase.Core.Support.Sla;

/// <summary>
/// Computes a ticket's clocks from what happened to it. Pure: the same terms, events and instant give the same clocks, wherever and
/// however often they are asked for. The rules:
/// <list type="bullet">
/// <item>First response: from creation to the first reply of staff or, without one, the first change to resolved or closed. Never pauses.</item>
/// <item>Next response: once the first response has ended; from a customer's message, when no cycle is open, to the next reply of staff or change to resolved or closed.</item>
/// <item>Resolution: from creation; ended while the ticket is resolved or closed, resumed with its elapsed time when it is reopened.</item>
/// <item>A customer's message opens a ticket that waits for the customer or is resolved; on a closed one it does nothing.</item>
/// <item>New priorities and new terms give open clocks their targets and leave them their elapsed time; ended clocks keep theirs, also when resumed, until the next change.</item>
/// </list>
/// </summary>
public sealed class SlaLedger
{
    private readonly List<SlaClock> _responses = [];
    private readonly SlaClock _firstResponse;
    private readonly SlaClock _resolution;
    private SlaClock? _nextResponse;
    private SlaTerms _terms;
    private TicketStatus _status;
    private TicketPriority _priority;

    private SlaLedger(SlaTerms terms, TicketPriority priority, in SlaEvent created)
    {
        (_terms, _status, _priority) = (terms, TicketStatus.Open, created.Priority ?? priority);
        _firstResponse = Start(SlaMetric.FirstResponse, 1, created.At);
        _resolution = Start(SlaMetric.Resolution, 1, created.At);
        _responses.Add(_firstResponse);
        MoveTo(created.Status ?? TicketStatus.Open, created.At);
    }

    /// <param name="terms">In the order in which they come to hold; the first ones hold for whatever is before the second.</param>
    /// <param name="priority">The one the ticket is created with.</param>
    /// <param name="events">In the order in which they happened, the creation first and only once. Those after <paramref name="now"/> have not happened yet.</param>
    /// <param name="now">UTC.</param>
    /// <returns>First response, next responses, resolution; none before the creation.</returns>
    public static IReadOnlyList<SlaClock> Clocks(IReadOnlyList<SlaTerms> terms, TicketPriority priority, IReadOnlyList<SlaEvent> events, DateTimeOffset now)
    {
        if (events[0].At > now)
            return [];
        var next = 1;
        while (next < terms.Count && terms[next].From <= events[0].At)
            next++;
        var ledger = new SlaLedger(terms[next - 1], priority, events[0]);
        for (var i = 1; i < events.Count && events[i].At <= now; i++)
        {
            // What holds from an instant on holds for what happens at that instant.
            for (; next < terms.Count && terms[next].From <= events[i].At; next++)
                ledger.Agree(terms[next]);
            ledger.Apply(events[i]);
        }
        for (; next < terms.Count && terms[next].From <= now; next++)
            ledger.Agree(terms[next]);
        return ledger.Settle(now);
    }

    private void Apply(in SlaEvent happened)
    {
        switch (happened.Type)
        {
            case SlaEventType.CustomerComment:
                HearCustomer(happened.At);
                break;
            case SlaEventType.StaffReply:
                _firstResponse.End(happened.At, _status);
                EndNextResponse(happened.At);
                break;
            case SlaEventType.StatusChanged:
                MoveTo(happened.Status!.Value, happened.At);
                break;
            case SlaEventType.PriorityChanged:
                _priority = happened.Priority!.Value;
                Retarget();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(happened), happened.Type, "A ticket is created once, and first.");
        }
    }

    private void HearCustomer(DateTimeOffset at)
    {
        if (_status == TicketStatus.Closed)
            return;
        if (_status is TicketStatus.WaitingCustomer or TicketStatus.Resolved)
            MoveTo(TicketStatus.Open, at);
        if (!_firstResponse.IsEnded || _nextResponse is not null)
            return;
        _nextResponse = Start(SlaMetric.NextResponse, _responses.Count, at);
        _responses.Add(_nextResponse);
    }

    private void MoveTo(TicketStatus status, DateTimeOffset at)
    {
        _status = status;
        if (status.IsDone())
        {
            _firstResponse.End(at, status);
            EndNextResponse(at);
            _resolution.End(at, status);
            return;
        }
        if (_resolution.IsEnded)
            _resolution.Resume(at, status, _terms);
        Follow(at);
    }

    private void Agree(SlaTerms terms)
    {
        _terms = terms;
        Follow(terms.From);
        Retarget();
    }

    private void Follow(DateTimeOffset at)
    {
        _firstResponse.Follow(at, _status, _terms);
        _nextResponse?.Follow(at, _status, _terms);
        _resolution.Follow(at, _status, _terms);
    }

    private void Retarget()
    {
        _firstResponse.Retarget(Target(SlaMetric.FirstResponse));
        _nextResponse?.Retarget(Target(SlaMetric.NextResponse));
        _resolution.Retarget(Target(SlaMetric.Resolution));
    }

    private void EndNextResponse(DateTimeOffset at)
    {
        _nextResponse?.End(at, _status);
        _nextResponse = null;
    }

    private SlaClock Start(SlaMetric metric, int cycle, DateTimeOffset at) => new(metric, cycle, at, Target(metric), _status, _terms);

    private TimeSpan Target(SlaMetric metric) => _terms.Policy.Target(metric, _priority);

    private SlaClock[] Settle(DateTimeOffset now)
    {
        SlaClock[] clocks = [.. _responses, _resolution];
        foreach (var clock in clocks)
            clock.Settle(now);
        return clocks;
    }
}
