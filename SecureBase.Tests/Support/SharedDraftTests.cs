using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

public sealed class SharedDraftTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task SharedDraft_IsReadByAllStaff_TakenByOne_AndNeverByCustomers()
    {
        var provider = await fixture.Given.OperatorAsync();
        var (priya, quinn) = (await provider.PersonAsync(Roles.Agent, name: "Priya"), await provider.PersonAsync(Roles.Agent, name: "Quinn"));
        var ada = await (await fixture.Given.TenantAsync()).AdminAsync();
        var ticket = await ada.OpenTicketAsync();
        await using var mine = priya.Scope();
        await using var theirs = quinn.Scope();
        Assert.True((await mine.Get<SharedDraftService>().ShareAsync(ticket.Id, "First try", CancellationToken.None)).IsSuccess);
        Assert.True((await mine.Get<SharedDraftService>().ShareAsync(ticket.Id, " It was the **route**. ", CancellationToken.None)).IsSuccess);
        Assert.Equal(ErrorKind.Invalid, (await mine.Get<SharedDraftService>().ShareAsync(ticket.Id, "  ", CancellationToken.None)).Error!.Kind);

        var read = Assert.Single((await theirs.Get<SharedDraftService>().ListAsync(ticket.Id, CancellationToken.None)).Value);
        Assert.Equal(("Priya", "It was the **route**."), (read.Author.Name, read.Body));
        Assert.Null(await theirs.Get<DraftService>().FindAsync($"ticket/{ticket.Id}/shared", CancellationToken.None));
        await using (var customer = ada.Scope())
        {
            Assert.Equal(ErrorKind.Forbidden, (await customer.Get<SharedDraftService>().ListAsync(ticket.Id, CancellationToken.None)).Error!.Kind);
            Assert.Equal(ErrorKind.Forbidden, (await customer.Get<SharedDraftService>().TakeAsync(ticket.Id, priya.Id, CancellationToken.None)).Error!.Kind);
        }

        await theirs.Get<DraftService>().KeepAsync(SharedDraftService.ReplyKey(ticket.Id), "Hello Ada,", CancellationToken.None);
        await using var third = (await provider.PersonAsync(Roles.Lead)).Scope();
        var takers = await Task.WhenAll(theirs.Get<SharedDraftService>().TakeAsync(ticket.Id, priya.Id, CancellationToken.None), third.Get<SharedDraftService>().TakeAsync(ticket.Id, priya.Id, CancellationToken.None));
        Assert.Equal("It was the **route**.", Assert.Single(takers, t => t.IsSuccess).Value);
        Assert.Equal(ErrorKind.NotFound, Assert.Single(takers, t => !t.IsSuccess).Error!.Kind);
        Assert.Empty((await mine.Get<SharedDraftService>().ListAsync(ticket.Id, CancellationToken.None)).Value);
        var taker = takers[0].IsSuccess ? (Scope: theirs, Has: "Hello Ada,\n\nIt was the **route**.") : (Scope: third, Has: "It was the **route**.");
        Assert.Equal(taker.Has, await taker.Scope.Get<DraftService>().FindAsync(SharedDraftService.ReplyKey(ticket.Id), CancellationToken.None));
    }
}
