using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Macros;

public sealed class MacroTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task Leads_Write_AllStaffRead_CustomersNeither()
    {
        var provider = await fixture.Given.OperatorAsync();
        var (lena, priya, ada) = (await provider.PersonAsync(Roles.Lead, name: "Lena"), await provider.PersonAsync(Roles.Agent), await (await fixture.Given.TenantAsync()).AdminAsync());
        var name = Unique("Restart");
        await using var lead = lena.Scope();
        var macro = (await lead.Get<MacroService>().CreateAsync(new SaveMacro { Name = $" {name} ", Body = "Hello {{requester.first_name}}", Status = TicketStatus.WaitingCustomer, Tags = ["Gateway"] }, CancellationToken.None)).Value;
        Assert.Equal((name, TicketStatus.WaitingCustomer, "gateway", "Lena", 1), (macro.Name, macro.Status, Assert.Single(macro.Tags), macro.UpdatedBy, macro.Version));

        await using var agent = priya.Scope();
        var macros = agent.Get<MacroService>();
        Assert.Equal(macro.Id, Assert.Single((await macros.ListAsync($"gate {name}", CancellationToken.None)).Value).Id);
        Assert.Empty((await macros.ListAsync($"{name} % nothing", CancellationToken.None)).Value);
        var wanted = new SaveMacro { Name = name, Body = "Mine" };
        Assert.Equal(ErrorKind.Forbidden, (await macros.CreateAsync(wanted, CancellationToken.None)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await macros.ChangeAsync(macro.Id, wanted, 1, CancellationToken.None)).Error!.Kind);
        Assert.Equal(ErrorKind.Forbidden, (await macros.DeleteAsync(macro.Id, CancellationToken.None)).Error!.Kind);
        await using var customer = ada.Scope();
        Assert.Equal(ErrorKind.Forbidden, (await customer.Get<MacroService>().ListAsync(null, CancellationToken.None)).Error!.Kind);
    }

    [Fact]
    public void Placeholder_ThatNeverEnds_IsReadOnce()
    {
        Assert.Empty(MacroPlaceholders.Unknown("{{" + new string(' ', TicketRules.CommentMax) + "x"));
        Assert.Equal("{{  nothing }}", Assert.Single(MacroPlaceholders.Unknown("Hello {{ ticket.number }} and {{  nothing }}")));
    }

    [Fact]
    public async Task Change_TellsTheSlower_AndADeletedOneCanBeMadeAgain()
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        var macros = scope.Get<MacroService>();
        var name = Unique("Backup");
        var macro = (await macros.CreateAsync(new SaveMacro { Name = name, Body = "One", Tags = ["backup"] }, CancellationToken.None)).Value;
        Assert.Equal("name", (await macros.CreateAsync(new SaveMacro { Name = name.ToUpperInvariant(), Body = "Two" }, CancellationToken.None)).Error!.Fields[0].Field);
        Assert.Equal(2, (await macros.ChangeAsync(macro.Id, new SaveMacro { Name = name, Body = "Two" }, 1, CancellationToken.None)).Value.Version);
        Assert.Equal(ErrorKind.Stale, (await macros.ChangeAsync(macro.Id, new SaveMacro { Name = name, Body = "Three" }, 1, CancellationToken.None)).Error!.Kind);
        var deleted = (await macros.DeleteAsync(macro.Id, CancellationToken.None)).Value;
        Assert.Equal((name, "Two"), (deleted.Name, deleted.Body));
        Assert.Equal(ErrorKind.NotFound, (await macros.DeleteAsync(macro.Id, CancellationToken.None)).Error!.Kind);
        Assert.True((await macros.CreateAsync(deleted, CancellationToken.None)).IsSuccess);
    }

    [Fact]
    public async Task TwoWhoTakeTheSameNameAtOnce_OneGetsIt()
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        await using var other = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        var wanted = new SaveMacro { Name = Unique("Race"), Body = "Text" };
        var both = await Task.WhenAll(scope.Get<MacroService>().CreateAsync(wanted, CancellationToken.None), other.Get<MacroService>().CreateAsync(wanted, CancellationToken.None));
        Assert.Equal("name", Assert.Single(both, m => !m.IsSuccess).Error!.Fields[0].Field);
    }

    [Theory]
    [InlineData("", "Text", null, "name")]
    [InlineData("Name", " ", null, "body")]
    [InlineData("Name", "Hello {{requester.shoe_size}}", null, "body")]
    [InlineData("Name", "Text", TicketStatus.Closed, "status")]
    public async Task Create_RefusesWhatCannotBeUsed(string name, string body, TicketStatus? status, string field)
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        Assert.Equal(field, (await scope.Get<MacroService>().CreateAsync(new SaveMacro { Name = name, Body = body, Status = status }, CancellationToken.None)).Error!.Fields.Single().Field);
    }

    [Theory]
    [InlineData("Hello {{requester.first_name}}, this is {{ Agent.Name }}.", "Hello Ada, this is Priya Nair.")]
    [InlineData("{{ticket.number}} {{ticket.subject}} of {{organisation}}", "ACME-7 The \\*peering\\* \\[drops\\] of Acme & Sons")]
    [InlineData("{{unknown}} {not one} {{}}", "{{unknown}} {not one} {{}}")]
    public void Fill_PutsInWhatIsMeant_AsWordsNotAsMarkup(string body, string filled)
    {
        var ticket = Tickets.View(subject: "The *peering* [drops]") with { Requester = new PersonRef(Guid.Empty, "Ada Lovelace") };
        Assert.Equal(filled, MacroPlaceholders.Fill(body, new MacroValues { Ticket = ticket, Organisation = "Acme & Sons", Agent = "Priya Nair" }));
    }

    [Fact]
    public void Fill_ReadsAPlaceholderInAValueAsWords()
    {
        var ticket = Tickets.View(subject: "{{agent.name}}");
        Assert.Equal("{{agent.name}}", MacroPlaceholders.Fill("{{ticket.subject}}", new MacroValues { Ticket = ticket, Organisation = "", Agent = "Priya" }));
    }

    private static string Unique(string name) => $"{name} {Guid.CreateVersion7().ToString("N")[^10..]}";
}
