using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Similar;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

public sealed class TicketRatingTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private GivenPerson _priya = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.PersonAsync(Roles.Analyst, name: "Ada");
        _priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Rating_IsKeptOnceResolved_ReplacedByALater_AndReadByBothSides()
    {
        var ticket = await _ada.OpenTicketAsync();
        Assert.Equal("ticket_not_resolved", (await RateAsync(_ada, ticket, 5)).Error!.Code);
        await SetAsync(ticket, TicketStatus.Resolved);

        Assert.Equal(new TicketRating(2, "Too slow.", new PersonRef(_ada.Id, "Ada"), default), (await RateAsync(_ada, ticket, 2, "  Too slow. ")).Value.Rating! with { At = default });
        await SetAsync(ticket, TicketStatus.Closed);
        Assert.Equal(4, (await RateAsync(_ada, ticket, 4, " ")).Value.Rating!.Score);

        await using var desk = _priya.Scope(_acme);
        var read = (await desk.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value;
        Assert.Equal((4, null, TicketStatus.Closed), (read.Rating!.Score, read.Rating.Comment, read.Status));
        await using (var queue = _priya.Scope())
        {
            var customer = (await queue.Get<StaffQueue>().CustomerAsync(_acme.Id, ticket.Id, CancellationToken.None)).Value;
            Assert.Equal((1, 4d), (customer.Ratings, customer.Satisfaction));
        }
        Assert.Equal([2, 4], (await desk.Get<TicketService>().TimelineAsync(ticket.Id, CancellationToken.None)).Value.Select(e => e.Score).OfType<int>());
    }

    [Theory]
    [InlineData(0, null, "score")]
    [InlineData(6, null, "score")]
    [InlineData(null, null, "score")]
    [InlineData(3, "\0", "comment")]
    public async Task Rating_OutOfItsRange_IsRefused(int? score, string? comment, string field)
    {
        var ticket = await _ada.OpenTicketAsync();
        await SetAsync(ticket, TicketStatus.Resolved);
        Assert.Equal(field, (await RateAsync(_ada, ticket, score, comment)).Error!.Fields.Single().Field);
        Assert.Equal("comment", (await RateAsync(_ada, ticket, 3, new string('x', TicketRules.RatingMax + 1))).Error!.Fields.Single().Field);
    }

    [Fact]
    public async Task Rating_IsForTheCustomersSide_AndNotForReaders()
    {
        var ticket = await _ada.OpenTicketAsync();
        await SetAsync(ticket, TicketStatus.Resolved);
        Assert.Equal(ErrorKind.Forbidden, (await RateAsync(_priya, ticket, 5)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await RateAsync(await _acme.PersonAsync(Roles.Viewer), ticket, 5)).Error!.Kind);
        Assert.Equal(ErrorKind.NotFound, (await RateAsync(await (await fixture.Given.TenantAsync()).AdminAsync(), ticket, 5)).Error!.Kind);
    }

    [Fact]
    public async Task Similar_FindsWhatSharesItsWords_TheClosestFirst_OfThisTenantAlone()
    {
        await _ada.OpenTicketAsync("Invoices show the wrong amount");
        var peering = await _ada.OpenTicketAsync("Peering to the settlement network drops every 20 minutes");
        var near = await _ada.OpenTicketAsync("Network peering is slow");
        await (await (await fixture.Given.TenantAsync()).AdminAsync()).OpenTicketAsync("Peering to the settlement network drops");
        await using var scope = _ada.Scope();
        var similar = scope.Get<SimilarTickets>();

        Assert.Equal([peering.Id, near.Id], (await similar.FindAsync("The settlement peering network is dropping again", CancellationToken.None)).Value.Select(t => t.Id));
        Assert.Equal([peering.Id], (await similar.FindAsync("settlements", CancellationToken.None)).Value.Select(t => t.Id));
        foreach (var nothing in new[] { null, "", "the and of", "ab", "%%% ___", "zebra network" })
            Assert.Empty((await similar.FindAsync(nothing, CancellationToken.None)).Value);
    }

    private async Task<Result<TicketView>> RateAsync(GivenPerson by, TicketView ticket, int? score, string? comment = null)
    {
        await using var scope = by.Tenant.Info.IsOperator ? by.Scope(_acme) : by.Scope();
        return await scope.Get<TicketService>().RateAsync(ticket.Id, new RateTicket { Score = score, Comment = comment }, CancellationToken.None);
    }

    private async Task SetAsync(TicketView ticket, TicketStatus status)
    {
        await using var scope = _priya.Scope(_acme);
        Assert.True((await scope.Get<TicketService>().EditAsync(ticket.Id, new EditTicket { Status = status }, null, CancellationToken.None)).IsSuccess);
    }
}
