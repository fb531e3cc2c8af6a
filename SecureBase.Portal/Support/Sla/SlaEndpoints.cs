using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Support.Sla;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support.Sla;

/// <summary>The routes of service levels: bind, call the service, answer.</summary>
internal static class SlaEndpoints
{
    internal static IServiceCollection AddSlaApi(this IServiceCollection services)
    {
        foreach (var fact in SlaSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapSla(this RouteGroupBuilder v1)
    {
        v1.MapPost("/admin/sla/simulate", Simulate)
            .Needs(SlaPermissions.Try)
            .WithName("SimulateSla")
            .WithTags("Service levels")
            .WithSummary("Try a policy and a calendar on a ticket's life")
            .WithDescription("For the operator's keys. Answers the clocks such a ticket would have, with the rule behind every stretch of time. Changes nothing.")
            .WithRequestExample(SlaExamples.Case)
            .Answers(200, "The clocks.", SlaExamples.Clocks)
            .Refuses(422);
    }

    private static Results<Ok<SlaClocks>, ProblemAnswer> Simulate(SlaCase request, SlaSimulator simulator)
    {
        var simulated = simulator.Run(request);
        return simulated.IsSuccess ? TypedResults.Ok(simulated.Value) : (ProblemAnswer)simulated.Error;
    }
}
