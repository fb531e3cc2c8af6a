using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Relations;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class TicketRelating(StaffAccess access, NavigationManager navigation, ToastService toasts) : IDisposable
{
    private const int ExcerptMax = 280;

    private readonly Leaving _leaving = new();
    private ConfirmDialog _merge = default!;
    private ConfirmDialog _link = default!;
    private ConfirmDialog _split = default!;
    private TimelineEntry? _message;
    private Error? _error;
    private string _number = "";
    private string _subject = "";
    private bool _busy;

    /// <summary>The customer's slug.</summary>
    [Parameter, EditorRequired]
    public string Tenant { get; set; } = "";

    [Parameter, EditorRequired]
    public TicketView Ticket { get; set; } = default!;

    /// <summary>Tickets to suggest.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TicketView> Others { get; set; } = [];

    /// <summary>Raised when something changed.</summary>
    [Parameter, EditorRequired]
    public EventCallback Changed { get; set; }

    private string Excerpt => (_message?.Body ?? Ticket.Description) is { Length: > ExcerptMax } longer ? longer[..ExcerptMax] + "…" : _message?.Body ?? Ticket.Description;

    /// <summary>Asks for the subject of a ticket made of one message; null is the description.</summary>
    public async Task SplitAsync(TimelineEntry? message)
    {
        (_message, _subject) = (message, Ticket.Subject);
        await OpenAsync(_split);
    }

    /// <summary>Takes a link away, with an undo.</summary>
    public async Task UnlinkAsync(Guid linkId)
    {
        var id = Ticket.Id;
        var unlinked = await InAsync(relations => relations.UnlinkAsync(id, linkId, CancellationToken.None));
        await Changed.InvokeAsync();
        toasts.Show(unlinked.Error is { } error
            ? new Toast("The link is still there", error.Message, ToastTone.Warn)
            : new Toast($"{Ticket.Number} and {unlinked.Value} are no longer linked")
            {
                Act = async () =>
                {
                    await InAsync(relations => relations.LinkAsync(id, unlinked.Value, CancellationToken.None));
                    await TellAsync();
                },
            });
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private string? Problem(string field) => _error?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private Task OpenAsync(ConfirmDialog dialog)
    {
        (_error, _number) = (null, "");
        return dialog.OpenAsync();
    }

    private async Task MergeAsync()
    {
        var number = Ticket.Number;
        var id = Ticket.Id;
        var merged = await InAsync(relations => relations.MergeAsync(id, _number, _leaving.Token));
        _error = merged.Error;
        if (!merged.IsSuccess)
            return;
        toasts.Show(new Toast($"{number} is part of {merged.Value.Number} now", merged.Value.Subject, ToastTone.Ok)
        {
            Act = async () =>
            {
                var apart = await InAsync(relations => relations.UnmergeAsync(id, CancellationToken.None));
                if (apart.Error is { } error)
                    toasts.Show(new Toast($"{number} stays merged", error.Message, ToastTone.Warn));
                else
                    navigation.NavigateTo(Address(number));
            },
        });
        navigation.NavigateTo(Address(merged.Value.Number));
    }

    private async Task UnmergeAsync()
    {
        _busy = true;
        try
        {
            var id = Ticket.Id;
            var apart = await InAsync(relations => relations.UnmergeAsync(id, _leaving.Token));
            await Changed.InvokeAsync();
            toasts.Show(apart.Error is { } error
                ? new Toast($"{Ticket.Number} stays merged", error.Message, ToastTone.Warn)
                : new Toast($"{apart.Value.Number} is on its own again", $"It is {WireName.Of(apart.Value.Status)} as before, with its own messages.", ToastTone.Ok));
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task LinkAsync()
    {
        var id = Ticket.Id;
        var linked = await InAsync(relations => relations.LinkAsync(id, _number, _leaving.Token));
        _error = linked.Error;
        if (!linked.IsSuccess)
            return;
        await Changed.InvokeAsync();
        toasts.Show(new Toast($"{Ticket.Number} is linked", null, ToastTone.Ok));
    }

    private async Task OpenSplitAsync()
    {
        var (id, message) = (Ticket.Id, _message?.Id);
        var split = await InAsync(relations => relations.SplitAsync(id, message, _subject, _leaving.Token));
        _error = split.Error;
        if (!split.IsSuccess)
            return;
        toasts.Show(new Toast($"{split.Value.Number} is open", $"Split off from {Ticket.Number}.", ToastTone.Ok));
        navigation.NavigateTo(Address(split.Value.Number));
    }

    private async Task TellAsync()
    {
        if (!_leaving.Token.IsCancellationRequested)
            await Changed.InvokeAsync();
    }

    private string Address(string number) => $"/queue/{Tenant}/{number}";

    private Task<Result<T>> InAsync<T>(Func<TicketRelations, Task<Result<T>>> work) =>
        access.InAsync(Tenant, scope => work(scope.Services.GetRequiredService<TicketRelations>()), CancellationToken.None);
}
