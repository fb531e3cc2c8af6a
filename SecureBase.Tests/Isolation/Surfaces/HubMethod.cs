using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>A public method of a hub of ours, and the calls that can be made of it from nothing but its parameters.</summary>
internal sealed record HubMethod(Type Hub, string Path, MethodInfo Method)
{
    internal string Name => $"{Hub.Name}.{Method.Name}";

    internal static IReadOnlyList<HubMethod> All(IServiceProvider portal) =>
    [
        .. from hub in typeof(Portal.App).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Hub)) && !t.IsAbstract)
           from method in hub.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
           where method.GetBaseDefinition() == method
           select new HubMethod(hub, PathOf(portal, hub), method),
    ];

    /// <summary>Every combination of values the parameters can take.</summary>
    internal IEnumerable<object[]> Calls(Clues clues, IServiceProvider portal) =>
        Method.GetParameters().Where(p => p.ParameterType != typeof(CancellationToken)).Aggregate(
            (IEnumerable<object[]>)[[]],
            (calls, parameter) => [.. from call in calls from value in Values(parameter, clues, portal) select (object[])[.. call, value]]);

    private IEnumerable<object> Values(ParameterInfo parameter, Clues clues, IServiceProvider portal) => parameter switch
    {
        { ParameterType: var type } when type == typeof(Guid) => clues.Ids.Cast<object>(),
        { Name: "kind" } => portal.GetServices<ILiveSubject>().Select(s => s.Kind).Append("presence"),
        _ => throw new InvalidOperationException($"{Name}: the isolation suite does not know what to give for {parameter.ParameterType.Name} {parameter.Name}. Teach {nameof(HubMethod)}.{nameof(Values)}."),
    };

    private static string PathOf(IServiceProvider portal, Type hub) =>
        PortalEndpoints.Of(portal).FirstOrDefault(e => e.Metadata.GetMetadata<HubMetadata>()?.HubType == hub) is { } endpoint
            ? "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace("/negotiate", "", StringComparison.Ordinal)
            : throw new InvalidOperationException($"{hub.Name} is mapped nowhere.");
}
