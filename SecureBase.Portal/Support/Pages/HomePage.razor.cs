using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Pages;

/// <summary>What waits for whom, at a glance.</summary>
public sealed partial class HomePage(TicketService tickets, TenantContext tenancy, Caller caller, TimeProvider clock) : IDisposable
{
    private const int Shortest = 5;

    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New ticket", "C"), .. ShortcutSheet.Everywhere];

    private readonly Leaving _leaving = new();
    private Error? _error;

    /// <summary>What the first, static render showed, so that the circuit starts with it.</summary>
    [PersistentState]
    public Shown? Carried
    {
        get => RendererInfo.IsInteractive ? Known : Handover.IfSmall(Known);
        set => Known ??= value;
    }

    private Shown? Known { get; set; }

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    protected override Task OnInitializedAsync() => Known is null ? LoadAsync() : Task.CompletedTask;

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var counts = await tickets.CountAsync(clock.GetUtcNow() - TicketListState.Recent, _leaving.Token);
        var needsYou = await ListAsync([TicketStatus.WaitingCustomer], TicketSort.Updated);
        var withUs = await ListAsync([TicketStatus.Open, TicketStatus.InProgress], TicketSort.Waiting);
        var lately = await ListAsync([TicketStatus.Resolved], TicketSort.Updated);
        _error = counts.Error ?? needsYou.Error ?? withUs.Error ?? lately.Error;
        if (_error is null)
            Known = new Shown(counts.Value, needsYou.Value.Items, withUs.Value.Items, lately.Value.Items);
    }

    private Task<Result<Page<TicketView>>> ListAsync(IReadOnlyList<TicketStatus> statuses, TicketSort sort) =>
        tickets.ListAsync(new TicketQuery { Statuses = statuses, Sort = sort, Limit = Shortest }, _leaving.Token);

    private static string NeedsYou(int count) => count switch
    {
        0 => "Nothing needs you.",
        1 => "One ticket needs you.",
        _ => $"{count} tickets need you.",
    };

    private static string WithUs(int count) => count switch
    {
        0 => "Nothing else is open.",
        1 => "One is in our hands.",
        _ => $"{count} are in our hands.",
    };

    /// <summary>The page's four readings, made together.</summary>
    public sealed record Shown(TicketCounts Counts, IReadOnlyList<TicketView> NeedsYou, IReadOnlyList<TicketView> WithUs, IReadOnlyList<TicketView> Lately);
}
