using SecureBase.Core.Support;

namespace SecureBase.Portal.Support.Components;

/// <summary>Which rows a live refresh changed, so that they tint for a second and no other does.</summary>
public sealed class ChangedRows
{
    private Dictionary<Guid, int> _versions = [];

    internal void Compare(IReadOnlyList<TicketView> before, IReadOnlyList<TicketView> after)
    {
        var known = before.ToDictionary(t => t.Id, t => t.Version);
        _versions = after.Where(t => !known.TryGetValue(t.Id, out var version) || version != t.Version).ToDictionary(t => t.Id, t => t.Version);
    }

    internal void Forget() => _versions = [];

    /// <summary>Two classes take turns, or a row that changes twice would not tint again.</summary>
    internal string? ClassOf(TicketView ticket) =>
        _versions.TryGetValue(ticket.Id, out var version) ? version % 2 == 0 ? "changed even" : "changed odd" : null;
}
