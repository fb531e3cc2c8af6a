using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class BulkBar(BulkService bulk, Caller caller, ToastService toasts) : IDisposable
{
    private readonly Leaving _leaving = new();
    private ConfirmDialog _closing = default!;
    private ConfirmDialog _tagging = default!;
    private IReadOnlyList<BulkOutcome> _failed = [];
    private string _verb = "";
    private string _add = "";
    private string _remove = "";
    private string? _tagProblem;
    private int _total;
    private int _done;

    /// <summary>The tickets that are ticked.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<QueueItem> Chosen { get; set; } = [];

    /// <summary>Who can be assigned.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PersonRef> Staff { get; set; } = [];

    /// <summary>What tickets can be given to.</summary>
    [Parameter]
    public IReadOnlyList<SupportTeamView> Teams { get; set; } = [];

    /// <summary>Raised to choose none.</summary>
    [Parameter, EditorRequired]
    public EventCallback Clear { get; set; }

    /// <summary>Raised when tickets were changed.</summary>
    [Parameter, EditorRequired]
    public EventCallback Changed { get; set; }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private static string Tickets(int count) => count == 1 ? "one ticket" : $"{count} tickets";

    private Task SetStatusAsync(TicketStatus status) => status == TicketStatus.Closed ? _closing.OpenAsync() : RunAsync(new BulkChange { Status = status });

    private Task OpenTagsAsync()
    {
        (_add, _remove, _tagProblem) = ("", "", null);
        return _tagging.OpenAsync();
    }

    private async Task ChangeTagsAsync()
    {
        var (add, remove) = (Words(_add), Words(_remove));
        _tagProblem = add.FirstOrDefault(t => !TicketRules.IsTag(t)) is { } wrong ? $"“{wrong}” is no tag: use a-z, 0-9, hyphens and dots." : null;
        if (_tagProblem is null && add.Count + remove.Count > 0)
            await RunAsync(new BulkChange { AddTags = add, RemoveTags = remove });
    }

    private static List<string> Words(string text) => [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(t => t.ToLowerInvariant()).Distinct()];

    private async Task RunAsync(BulkChange change)
    {
        var made = await WorkAsync("changed", Chosen.Count, progress => bulk.RunAsync([.. Chosen.Select(i => new BulkTarget(i.TenantSlug, i.Ticket.Id, i.Ticket.Number))], change, progress, CancellationToken.None));
        if (made is null)
            return;
        var changed = made.Count(o => o.IsChanged);
        if (changed > 0)
            toasts.Show(new Toast($"{Sentence(changed)} changed", null, ToastTone.Ok) { Act = () => UndoAsync(made) });
        else if (_failed.Count == 0)
            toasts.Show(new Toast("Nothing to change", "The tickets you chose are like that already."));
        if (_failed.Count == 0)
            await Clear.InvokeAsync();
        await Changed.InvokeAsync();
    }

    private async Task UndoAsync(IReadOnlyList<BulkOutcome> made)
    {
        var undone = await WorkAsync("changed back", made.Count(o => o.IsChanged), progress => bulk.UndoAsync(made, progress, CancellationToken.None));
        if (undone is null)
            return;
        var failed = undone.Count(o => o.Error is not null);
        toasts.Show(failed == 0
            ? new Toast($"{Sentence(undone.Count)} as before", null, ToastTone.Ok)
            : new Toast($"{undone.Count - failed} of {undone.Count} tickets are as before", "Somebody has changed the others since; they stay as they are.", ToastTone.Warn));
        if (!_leaving.Token.IsCancellationRequested)
            await Changed.InvokeAsync();
    }

    private async Task<IReadOnlyList<BulkOutcome>?> WorkAsync(string verb, int total, Func<Func<int, Task>, Task<Result<IReadOnlyList<BulkOutcome>>>> work)
    {
        (_verb, _total, _done, _failed) = (verb, total, 0, []);
        try
        {
            var made = await work(ShowAsync);
            if (!made.IsSuccess)
            {
                toasts.Show(new Toast("No ticket was changed", made.Error.Message, ToastTone.Warn));
                return null;
            }
            _failed = [.. made.Value.Where(o => o.Error is not null)];
            return made.Value;
        }
        finally
        {
            _total = 0;
            if (!_leaving.Token.IsCancellationRequested)
                StateHasChanged();
        }
    }

    // The work goes on when its page has gone: half of it done would be worse.
    private Task ShowAsync(int done) => _leaving.Token.IsCancellationRequested ? Task.CompletedTask : InvokeAsync(() =>
    {
        _done = done;
        StateHasChanged();
    });

    private async Task ForgetFailedAsync()
    {
        _failed = [];
        await Clear.InvokeAsync();
    }

    private static string Sentence(int count) => count == 1 ? "One ticket is" : $"{count} tickets are";
}
