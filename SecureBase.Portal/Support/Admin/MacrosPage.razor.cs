using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

/// <summary>Where leads write macros. Search and the open macro are in the address.</summary>
public sealed partial class MacrosPage(MacroService service, Caller caller, NavigationManager navigation, ToastService toasts) : IDisposable
{
    private const string New = "new";

    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("New macro", "C"), .. ShortcutSheet.Everywhere];

    private readonly Leaving _leaving = new();
    private IReadOnlyList<MacroView>? _macros;
    private MacroView? _open;
    private ConfirmDialog _deleting = default!;
    private Error? _error;
    private Error? _refused;
    private string? _listed;
    private string? _filled;
    private string? _typed;
    private string _name = "";
    private string _body = "";
    private string _status = "";
    private string _tags = "";
    private bool _newer;
    private bool _busy;

    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    /// <summary>The id of the macro in the form; <c>new</c> for an empty one.</summary>
    [SupplyParameterFromQuery(Name = "macro")] private string? Macro { get; set; }

    // Not before it was filled: what is typed while the macros are read would be lost.
    private bool IsOpen => _filled == Macro && (Macro == New || _open is not null);

    // What the preview shows in place of a ticket.
    private MacroValues Sample => new()
    {
        Agent = caller.Actor.Name,
        Organisation = "Acme Payments",
        Ticket = new TicketView
        {
            Id = Guid.Empty, Number = "ACME-1042", Subject = "VPC peering drops", Description = "", Priority = TicketPriority.High, Category = TicketCategory.Technical, Status = TicketStatus.Open,
            Tags = [], Requester = new PersonRef(Guid.Empty, "Ada Lovelace"), CreatedAt = default, UpdatedAt = default, CommentCount = 0, Version = 1,
        },
    };

    protected override async Task OnParametersSetAsync()
    {
        if (_listed != (Text ?? ""))
        {
            _typed = Text;
            await LoadAsync();
        }
        if (_filled != Macro)
            Fill();
    }

    public void Dispose()
    {
        _leaving.Dispose();
    }

    private async Task LoadAsync()
    {
        var text = Text ?? "";
        var read = await service.ListAsync(text, _leaving.Token);
        if (text != (Text ?? ""))
            return;
        (_error, _listed) = (read.Error, text);
        if (!read.IsSuccess)
            return;
        _macros = read.Value;
        _newer = _open is { } open && _macros.FirstOrDefault(m => m.Id == open.Id) is { } now && now.Version > open.Version;
    }

    private void Fill()
    {
        (_filled, _refused, _newer) = (Macro, null, false);
        _open = Guid.TryParse(Macro, out var id) ? _macros?.FirstOrDefault(m => m.Id == id) : null;
        (_name, _body, _status, _tags) = (_open?.Name ?? "", _open?.Body ?? "", _open?.Status is { } status ? WireName.Of(status) : "", string.Join(' ', _open?.Tags ?? []));
    }

    private void TakeNewer() => Fill();

    private void Search() => navigation.NavigateTo(QueryText.Url("/macros", ("q", string.IsNullOrWhiteSpace(_typed) ? null : _typed.Trim()), ("macro", Macro)));

    private string Address(string? macro) => QueryText.Url("/macros", ("q", Text), ("macro", macro));

    private string? Problem(string field) => _refused?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    private string Preview(string text) => SafeMarkdown.ToHtml(MacroPlaceholders.Fill(text, Sample));

    private async Task SaveAsync()
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            var wanted = new SaveMacro
            {
                Name = _name, Body = _body, Tags = _tags.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
                Status = WireName.TryParse<TicketStatus>(_status, out var status) ? status : null,
            };
            // Whoever has seen that there is a newer one and saves nevertheless means it.
            var version = _newer ? _macros!.First(m => m.Id == _open!.Id).Version : _open?.Version ?? 0;
            var saved = _open is { } open ? await service.ChangeAsync(open.Id, wanted, version, _leaving.Token) : await service.CreateAsync(wanted, _leaving.Token);
            _refused = saved.Error is { Kind: ErrorKind.Stale } ? null : saved.Error;
            await LoadAsync();
            if (!saved.IsSuccess)
                return;
            toasts.Show(new Toast($"“{saved.Value.Name}” is saved", "Everyone on the team can insert it.", ToastTone.Ok));
            navigation.NavigateTo(Address(null));
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task DeleteAsync()
    {
        if (_open is not { } open)
            return;
        var deleted = await service.DeleteAsync(open.Id, _leaving.Token);
        _refused = deleted.Error;
        await LoadAsync();
        if (!deleted.IsSuccess)
            return;
        toasts.Show(new Toast($"“{open.Name}” is deleted") { Act = () => CreateAgainAsync(deleted.Value) });
        navigation.NavigateTo(Address(null));
    }

    private async Task CreateAgainAsync(SaveMacro macro)
    {
        var back = await service.CreateAsync(macro, CancellationToken.None);
        toasts.Show(back.IsSuccess ? new Toast($"“{back.Value.Name}” is back", null, ToastTone.Ok) : new Toast("It could not be undone", back.Error.Message, ToastTone.Warn));
    }
}
