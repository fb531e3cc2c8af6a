using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Live;

/// <summary>
/// Live signals for API clients: <c>Subscribe(kind, id)</c> and <c>Unsubscribe(kind, id)</c>; the server sends
/// <c>changed {kind, id, version}</c>, and the client reads again what it may see.
/// </summary>
internal sealed class LiveHub(LiveSubjects subjects, Caller caller) : Hub
{
    internal const string Path = "/hubs/live";

    private const int MaxSubscriptions = 500;

    /// <exception cref="HubException">Starts with the error's code: <c>not_found</c>, <c>forbidden</c>, <c>too_many</c>.</exception>
    public async Task Subscribe(string kind, Guid id)
    {
        var found = await subjects.FindAsync(kind, id, Context.ConnectionAborted);
        if (!found.IsSuccess)
            throw Refusal(found.Error.Code, found.Error.Message);
        if (Followed.Count >= MaxSubscriptions)
            throw Refusal("too_many", $"A connection follows up to {MaxSubscriptions} resources; unsubscribe from some or open another one.");
        var group = LiveGroups.Of(caller.Actor.Kind == ActorKind.Agent ? LiveAudience.Staff : LiveAudience.Everyone, found.Value);
        Followed[(kind, id)] = group;
        await Groups.AddToGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted);
    }

    /// <summary>Does nothing for what was not subscribed to.</summary>
    public Task Unsubscribe(string kind, Guid id) =>
        Followed.Remove((kind, id), out var group) ? Groups.RemoveFromGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted) : Task.CompletedTask;

    // A connection's calls come one after the other, so this needs no lock.
    private Dictionary<(string Kind, Guid Id), string> Followed
    {
        get
        {
            if (Context.Items.TryGetValue(typeof(LiveHub), out var known))
                return (Dictionary<(string, Guid), string>)known!;
            var followed = new Dictionary<(string, Guid), string>();
            Context.Items[typeof(LiveHub)] = followed;
            return followed;
        }
    }

    private static HubException Refusal(string code, string message) => new($"{code}: {message}");
}

/// <summary>Names of the hub's groups: one per tenant, resource and audience, so that what is for staff has no customer in its group.</summary>
internal static class LiveGroups
{
    internal static string Of(LiveAudience audience, LiveTopic topic) => $"{topic.TenantId:N} {topic.Kind} {topic.Id:N} {(audience == LiveAudience.Staff ? "staff" : "everyone")}";

    /// <summary>Staff hear everything; everyone else only what is for everyone.</summary>
    internal static IReadOnlyList<string> For(LiveSignal signal)
    {
        var topic = new LiveTopic(signal.TenantId, signal.Kind, signal.Id);
        return signal.Audience == LiveAudience.Staff ? [Of(LiveAudience.Staff, topic)] : [Of(LiveAudience.Staff, topic), Of(LiveAudience.Everyone, topic)];
    }
}
