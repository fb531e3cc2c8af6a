using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Support;
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

        v1.MapGet("/support/tickets/{id:guid}/sla", ReadAsync)
            .Needs(SupportPermissions.Read)
            .WithName("GetTicketSla")
            .WithTags("Support")
            .WithSummary("Read a ticket's clocks")
            .WithDescription("Computed anew from the ticket's events: what is promised, until when, and the rule behind every stretch of time.")
            .Answers(200, "The clocks.", SlaExamples.Clocks)
            .Refuses(404);
    }

    private static async Task<Results<Ok<SlaClocks>, ProblemAnswer>> ReadAsync(Guid id, TicketClocks clocks, CancellationToken ct)
    {
        var read = await clocks.ReadAsync(id, ct);
        return read.IsSuccess ? TypedResults.Ok(read.Value) : (ProblemAnswer)read.Error;
    }

    private static Results<Ok<SlaClocks>, ProblemAnswer> Simulate(SlaCase request, SlaSimulator simulator)
    {
        var simulated = simulator.Run(request);
        return simulated.IsSuccess ? TypedResults.Ok(simulated.Value) : (ProblemAnswer)simulated.Error;
    }
}
