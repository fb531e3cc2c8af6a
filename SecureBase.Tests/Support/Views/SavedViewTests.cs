using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Views;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Views;

public sealed class SavedViewTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task OwnView_IsSeenByItsOwnerAlone_ASharedOneByAllStaff()
    {
        var (priya, quinn, lena) = await StaffAsync();
        var own = (await CreateAsync(priya, "Vault, mine", "tag=vault")).Value;
        Assert.Equal(ErrorKind.Forbidden, (await CreateAsync(priya, "Vault, ours", "tag=vault", shared: true)).Error!.Kind);
        var shared = (await CreateAsync(lena, "Vault, ours", "tag=vault&priority=high", shared: true)).Value;

        Assert.Contains(await ListAsync(priya), v => v.Id == own.Id && v is { IsMine: true, IsShared: false, Filter: "tag=vault" });
        Assert.DoesNotContain(await ListAsync(quinn), v => v.Id == own.Id);
        Assert.DoesNotContain(await ListAsync(lena), v => v.Id == own.Id);
        foreach (var reader in new[] { priya, quinn, lena })
            Assert.Contains(await ListAsync(reader), v => v.Id == shared.Id && v.IsShared && v.OwnerName == lena.Name && v.IsMine == (reader == lena));
    }

    [Fact]
    public async Task Change_AndDelete_AreForWhoMayAndTellTheSlower()
    {
        var (priya, quinn, lena) = await StaffAsync();
        var own = (await CreateAsync(priya, "Peering", "q=peering")).Value;
        var shared = (await CreateAsync(lena, "Peering for all", "q=peering", shared: true)).Value;

        await using (var scope = quinn.Scope())
        {
            var views = scope.Get<SavedViewService>();
            Assert.Equal(ErrorKind.NotFound, (await views.ChangeAsync(own.Id, new SaveView("Taken over", "", false), own.Version, CancellationToken.None)).Error!.Kind);
            Assert.Equal(ErrorKind.NotFound, (await views.DeleteAsync(own.Id, CancellationToken.None)).Error!.Kind);
            Assert.Equal(ErrorKind.Forbidden, (await views.ChangeAsync(shared.Id, new SaveView("Mine now", "", false), shared.Version, CancellationToken.None)).Error!.Kind);
            Assert.Equal(ErrorKind.Forbidden, (await views.DeleteAsync(shared.Id, CancellationToken.None)).Error!.Kind);
        }
        await using (var scope = priya.Scope())
        {
            var views = scope.Get<SavedViewService>();
            var changed = (await views.ChangeAsync(own.Id, new SaveView(" Peering drops ", "q=drops", false), own.Version, CancellationToken.None)).Value;
            Assert.Equal(("Peering drops", "q=drops", own.Version + 1), (changed.Name, changed.Filter, changed.Version));
            Assert.Equal(ErrorKind.Stale, (await views.ChangeAsync(own.Id, new SaveView("Again", "", false), own.Version, CancellationToken.None)).Error!.Kind);
            Assert.Equal(new SaveView("Peering drops", "q=drops", false), (await views.DeleteAsync(own.Id, CancellationToken.None)).Value);
        }
        Assert.DoesNotContain(await ListAsync(priya), v => v.Id == own.Id);
    }

    [Theory]
    [InlineData("", "q=a")]
    [InlineData("   ", "q=a")]
    [InlineData("two\nlines", "q=a")]
    [InlineData("fine", "q=\0")]
    public async Task Create_RefusesWhatCannotBeKept(string name, string filter)
    {
        var (priya, _, _) = await StaffAsync();
        Assert.Equal(ErrorKind.Invalid, (await CreateAsync(priya, name, filter)).Error!.Kind);
        Assert.Equal(ErrorKind.Invalid, (await CreateAsync(priya, new string('n', SavedViewService.NameMax + 1), "")).Error!.Kind);
        Assert.Equal(ErrorKind.Invalid, (await CreateAsync(priya, "fine", new string('f', SavedViewService.FilterMax + 1))).Error!.Kind);
        Assert.DoesNotContain(await ListAsync(priya), v => v.IsMine);
    }

    [Fact]
    public async Task Names_AreUniqueAmongOnesOwn_WhateverTheirCase_AndThereIsAnEnd()
    {
        var (priya, quinn, _) = await StaffAsync();
        Assert.True((await CreateAsync(priya, "50 % done_", "")).IsSuccess);
        Assert.Equal("name", (await CreateAsync(priya, "50 % DONE_", "")).Error!.Fields[0].Field);
        Assert.True((await CreateAsync(priya, "50 % doneX", "")).IsSuccess);
        Assert.True((await CreateAsync(quinn, "50 % done_", "")).IsSuccess);
        for (var i = 2; i < SavedViewService.Most; i++)
            Assert.True((await CreateAsync(priya, $"View {i}", "")).IsSuccess);
        Assert.Equal("too_many_views", (await CreateAsync(priya, "One too many", "")).Error!.Code);
    }

    [Fact]
    public async Task Customers_KeepNoViews()
    {
        var ada = await (await fixture.Given.TenantAsync()).AdminAsync();
        Assert.Equal(ErrorKind.Forbidden, (await CreateAsync(ada, "Mine", "")).Error!.Kind);
        await using var scope = ada.Scope();
        Assert.Equal(ErrorKind.Forbidden, (await scope.Get<SavedViewService>().ListAsync(CancellationToken.None)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await scope.Get<StaffQueue>().CountAsync([new QueueQuery()], CancellationToken.None)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await scope.Get<StaffQueue>().TagsAsync(CancellationToken.None)).Error!.Kind);
    }

    [Fact]
    public async Task Tags_FilterTheQueue_AndTheOrganisationsOwnList()
    {
        var (priya, _, _) = await StaffAsync();
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var tag = "t" + Guid.CreateVersion7().ToString("N")[^10..];
        var (both, one) = (await ada.OpenTicketAsync("Both"), await ada.OpenTicketAsync("One"));
        await ada.OpenTicketAsync("None");
        await using (var scope = priya.Scope(acme))
        {
            Assert.True((await scope.Get<TicketService>().EditAsync(both.Id, new EditTicket { Tags = [tag, "vault"] }, null, CancellationToken.None)).IsSuccess);
            Assert.True((await scope.Get<TicketService>().EditAsync(one.Id, new EditTicket { Tags = [tag] }, null, CancellationToken.None)).IsSuccess);
        }
        await using var desk = priya.Scope();
        var queue = desk.Get<StaffQueue>();
        QueueQuery With(params string[] tags) => new() { Tenants = [acme.Slug], Tickets = new TicketQuery { Tags = tags, PageNumber = 1 } };

        Assert.Equal(["Both", "One"], (await queue.ListAsync(With(tag), CancellationToken.None)).Value.Items.Select(i => i.Ticket.Subject).Order());
        Assert.Equal(["Both"], (await queue.ListAsync(With("vault", tag), CancellationToken.None)).Value.Items.Select(i => i.Ticket.Subject));
        Assert.Equal([2, 1, 0, 3], (await queue.CountAsync([With(tag), With(tag, "vault"), With("no-such-tag"), With()], CancellationToken.None)).Value);
        Assert.Contains(tag, (await queue.TagsAsync(CancellationToken.None)).Value);
        await using var customer = ada.Scope();
        Assert.Equal(["Both"], (await customer.Get<TicketService>().ListAsync(new TicketQuery { Tags = ["vault"] }, CancellationToken.None)).Value.Items.Select(t => t.Subject));
        Assert.Equal(ErrorKind.Invalid, (await customer.Get<TicketService>().ListAsync(new TicketQuery { Tags = ["no tag"] }, CancellationToken.None)).Error!.Kind);
    }

    private async Task<(GivenPerson Priya, GivenPerson Quinn, GivenPerson Lena)> StaffAsync()
    {
        var provider = await fixture.Given.OperatorAsync();
        return (await provider.PersonAsync(Roles.Agent, name: "Priya"), await provider.PersonAsync(Roles.Agent, name: "Quinn"), await provider.PersonAsync(Roles.Lead, name: "Lena"));
    }

    private static async Task<Result<SavedViewSummary>> CreateAsync(GivenPerson person, string name, string filter, bool shared = false)
    {
        await using var scope = person.Scope();
        return await scope.Get<SavedViewService>().CreateAsync(new SaveView(name, filter, shared), CancellationToken.None);
    }

    private static async Task<IReadOnlyList<SavedViewSummary>> ListAsync(GivenPerson person)
    {
        await using var scope = person.Scope();
        return (await scope.Get<SavedViewService>().ListAsync(CancellationToken.None)).Value;
    }
}
