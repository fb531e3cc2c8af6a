using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Live;

/// <summary>The hub from outside, on two nodes that share a database.</summary>
public sealed class LiveHubTests(TwoNodes nodes) : IClassFixture<TwoNodes>, IAsyncLifetime
{
    private readonly PortalFactory _here = nodes.Here;
    private readonly PortalFactory _there = nodes.There;
    private readonly GivenPerson _agent = nodes.Agent;
    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;

    public async Task InitializeAsync()
    {
        _acme = await _here.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Change_OnAnotherNode_IsToldWithKindIdAndVersion()
    {
        var ticket = await _ada.OpenTicketAsync();
        using var visitor = await _ada.SignInAsync(_there);
        await using var client = await HubClient.ConnectAsync(visitor, _there);
        await client.SubscribeAsync("ticket", ticket.Id);

        await CommentAsync(_agent, ticket);

        // That it was opened may be told late, too.
        await Until.TrueAsync("the change is told", () => client.Changes.Contains(new HubClient.Change("ticket", ticket.Id, 2)));
    }

    [Fact]
    public async Task Subscribe_TicketOfAnotherTenant_IsNotFoundAndTellsNothing()
    {
        var ticket = await _ada.OpenTicketAsync();
        var globex = await _here.Given.TenantAsync();
        using var stranger = await (await globex.AdminAsync()).SignInAsync();
        await using var client = await HubClient.ConnectAsync(stranger, _here);

        var foreign = await Assert.ThrowsAsync<HubException>(() => client.SubscribeAsync("ticket", ticket.Id));
        var nobodys = await Assert.ThrowsAsync<HubException>(() => client.SubscribeAsync("ticket", Guid.CreateVersion7()));
        var unknown = await Assert.ThrowsAsync<HubException>(() => client.SubscribeAsync("invoice", ticket.Id));

        Assert.Contains("not_found", foreign.Message, StringComparison.Ordinal);
        Assert.Equal(nobodys.Message, foreign.Message);
        Assert.Contains("not_found", unknown.Message, StringComparison.Ordinal);

        using var own = await _ada.SignInAsync();
        await using var witness = await HubClient.ConnectAsync(own, _here);
        await witness.SubscribeAsync("ticket", ticket.Id);
        await CommentAsync(_agent, ticket);
        await Until.TrueAsync("the owner is told", () => !witness.Changes.IsEmpty);
        Assert.Empty(client.Changes);
    }

    [Fact]
    public async Task InternalNote_IsToldToStaffAndNeverToTheCustomer()
    {
        var ticket = await _ada.OpenTicketAsync();
        using var customer = await _ada.SignInAsync();
        using var staff = await _agent.SignInAsync();
        await using var outside = await HubClient.ConnectAsync(customer, _here);
        await using var inside = await HubClient.ConnectAsync(staff, _here);
        await outside.SubscribeAsync("ticket", ticket.Id);
        await inside.SubscribeAsync("ticket", ticket.Id);

        await CommentAsync(_agent, ticket);
        await Until.TrueAsync("both are told of the reply", () => outside.Changes.Any(c => c.Version == 2) && inside.Changes.Any(c => c.Version == 2));
        var (told, toldStaff) = (outside.Changes.Count, inside.Changes.Count);

        await using (var scope = _agent.Scope(_acme))
            Assert.True((await scope.Get<TicketService>().NoteAsync(ticket.Id, "They pay late.", CancellationToken.None)).IsSuccess);
        await Until.TrueAsync("staff are told of the note", () => inside.Changes.Count > toldStaff);
        Assert.Equal(told, outside.Changes.Count);

        await CommentAsync(_agent, ticket);
        await Until.TrueAsync("both are told of the next reply", () => outside.Changes.Any(c => c.Version == 3) && inside.Changes.Any(c => c.Version == 3));
        Assert.Equal(told + 1, outside.Changes.Count);
    }

    [Fact]
    public async Task Unsubscribe_EndsTheMessages()
    {
        var left = await _ada.OpenTicketAsync();
        var kept = await _ada.OpenTicketAsync();
        using var visitor = await _ada.SignInAsync();
        await using var client = await HubClient.ConnectAsync(visitor, _here);
        await client.SubscribeAsync("ticket", left.Id);
        await client.SubscribeAsync("ticket", kept.Id);
        await client.UnsubscribeAsync("ticket", left.Id);

        await CommentAsync(_agent, left);
        await CommentAsync(_agent, kept);

        await Until.TrueAsync("the other one is told", () => client.Changes.Contains(new HubClient.Change("ticket", kept.Id, 2)));
        Assert.DoesNotContain(new HubClient.Change("ticket", left.Id, 2), client.Changes);
    }

    [Fact]
    public async Task ApiKey_FollowsWhatItsScopesRead_OnTheApiHost()
    {
        var ticket = await _ada.OpenTicketAsync();
        using var reads = _here.Call((await _acme.ApiKeyAsync("tickets:read")).Text);
        using var cannot = _here.Call((await _acme.ApiKeyAsync("costs:read")).Text);
        await using var client = await HubClient.ConnectAsync(reads, _here);
        await using var refused = await HubClient.ConnectAsync(cannot, _here);

        await client.SubscribeAsync("ticket", ticket.Id);
        var failure = await Assert.ThrowsAsync<HubException>(() => refused.SubscribeAsync("ticket", ticket.Id));
        await CommentAsync(_agent, ticket);

        Assert.Contains("forbidden", failure.Message, StringComparison.Ordinal);
        await Until.TrueAsync("the key's client is told", () => !client.Changes.IsEmpty);
    }

    [Fact]
    public async Task Connect_WithoutCallerOrFromAnotherOrigin_IsRefused()
    {
        using var nobody = _here.Visit(_acme);
        using var badKey = _here.Call("sb_live_" + new string('A', 43));
        using var ada = await _ada.SignInAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(nobody, _here));
        await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(badKey, _here));
        await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(ada, _here, origin: "http://evil.test"));
        await using var fine = await HubClient.ConnectAsync(ada, _here, origin: $"http://{_acme.Slug}.localhost:{_here.Port}");
        Assert.True(fine.IsConnected);
    }

    [Fact]
    public async Task Suspension_EndsOpenConnectionsOnEveryNode()
    {
        using var visitor = await _ada.SignInAsync(_there);
        await using var client = await HubClient.ConnectAsync(visitor, _there);
        var key = await _acme.ApiKeyAsync("tickets:read");
        using var program = _there.Call(key.Text);
        await using var keyed = await HubClient.ConnectAsync(program, _there);
        await using (var scope = _acme.SystemScope())
            Assert.True((await scope.Get<ApiKeyService>().RevokeAsync(key.Id, CancellationToken.None)).IsSuccess);
        await Until.TrueAsync("the revoked key's connection ends", () => !keyed.IsConnected);
        Assert.True(client.IsConnected);

        await _acme.SuspendAsync();

        await Until.TrueAsync("the tenant's connection ends", () => !client.IsConnected);
    }

    private async Task CommentAsync(GivenPerson author, TicketView ticket)
    {
        await using var scope = author.Scope(_acme);
        Assert.True((await scope.Get<TicketService>().CommentAsync(ticket.Id, new AddComment { Body = "We look into it." }, CancellationToken.None)).IsSuccess);
    }
}
