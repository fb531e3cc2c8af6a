using Microsoft.AspNetCore.Http.HttpResults;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Support.Reports;

/// <summary>The route of reports: bind, call the service, answer.</summary>
internal static class ReportEndpoints
{
    private const int DefaultDays = 30;

    internal static IServiceCollection AddReportsApi(this IServiceCollection services)
    {
        foreach (var fact in ReportSchemas.All)
            services.AddSingleton(fact);
        return services;
    }

    internal static void MapReports(this RouteGroupBuilder v1) => v1.MapGet("/admin/reports/support", ReadAsync)
        .Needs(ReportPermissions.Read)
        .WithName("GetSupportReport")
        .WithTags("Reports")
        .WithSummary("Read how the support does")
        .WithDescription("For the operator's keys. Volume, true percentiles of first response and resolution, breaches, load and satisfaction, over all tenants, from daily roll-ups that outlive the tickets. Days are UTC. Filters combine; one with several values, separated by commas, takes any of them.")
        .TakesQuery("from", $"The first day, e.g. 2026-11-01; {DefaultDays} days with the last without it.")
        .TakesQuery("to", $"The last day; today without it. At most {SupportReports.DaysMax} days in all.")
        .TakesQuery<ReportDimension>("group_by", "What there is a line for each of: one of these; day without it.")
        .TakesQuery("tenant", "Slugs of tenants.")
        .TakesQuery<Plan>("plan", "Plans, as they were at the time.")
        .TakesQuery<TicketCategory>("category", "Categories.")
        .TakesQuery("agent", "The id of an agent whose tickets these are (replies: who wrote them), or none.")
        .Answers(200, "The report.", ReportExamples.Report);

    private static async Task<Results<Ok<SupportReport>, ProblemAnswer>> ReadAsync(QueryValues query, SupportReports reports, TimeProvider clock, CancellationToken ct)
    {
        var to = query.Day("to") ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var wanted = new ReportQuery
        {
            From = query.Day("from") ?? to.AddDays(1 - Math.Min(DefaultDays, to.DayNumber + 1)),
            To = to,
            Tenants = query.Slugs("tenant"),
            Plans = query.Many<Plan>("plan"),
            Categories = query.Many<TicketCategory>("category"),
            AgentId = query.Id("agent", "none"),
        };
        var by = query.One<ReportDimension>("group_by") ?? ReportDimension.Day;
        if (query.Problem is { } problem)
            return (ProblemAnswer)problem;
        var report = await reports.ReadAsync(wanted, by, ct);
        return report.IsSuccess ? TypedResults.Ok(report.Value) : (ProblemAnswer)ApiProblems.OfQuery(report.Error);
    }
}
