using System.Globalization;
using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Views;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class SavedViews(SavedViewService views, StaffQueue queue, Caller caller, TimeProvider clock, NavigationManager navigation, ToastService toasts) : IDisposable
{
    // A busy desk changes tickets many times a second; the amounts of kept views may be that much behind.
    private static readonly TimeSpan CountRests = TimeSpan.FromSeconds(2);

    private readonly Leaving _leaving = new();
    private IReadOnlyList<SavedViewSummary> _views = [];
    private Dictionary<Guid, int> _amounts = [];
    private ITimer? _countSoon;
    private bool _counting;
    private ConfirmDialog _dialog = default!;
    private SavedViewSummary? _editing;
    private string _name = "";
    private bool _shared;
    private Error? _error;
    private string? _problem;
    private bool _busy;
    private string? _heading;

    /// <summary>What the queue shows.</summary>
    [Parameter, EditorRequired]
    public QueueState State { get; set; } = default!;

    /// <summary>Raised with the name of the view that is shown, null for a built-in one.</summary>
    [Parameter]
    public EventCallback<string?> Heading { get; set; }

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    private SavedViewSummary? Chosen => State.SavedId is { } id ? _views.FirstOrDefault(v => v.Id == id) : null;

    private bool Differs => Chosen is { } view && view.Filter != State.Filter;

    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
            _countSoon = clock.CreateTimer(_ => _ = InvokeAsync(RecountAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await LoadAsync();
    }

    protected override Task OnParametersSetAsync() => TellAsync();

    public void Dispose()
    {
        _countSoon?.Dispose();
        _leaving.Dispose();
    }

    private bool MayChange(SavedViewSummary view) => view.IsShared ? caller.Can(SupportPermissions.ShareViews) : view.IsMine;

    private string? Amount(Guid id) => !_amounts.TryGetValue(id, out var amount) ? null
        : amount == StaffQueue.MostCounted ? $"{StaffQueue.MostCounted - 1}+" : amount.ToString(CultureInfo.InvariantCulture);

    private async Task LoadAsync()
    {
        var read = await views.ListAsync(_leaving.Token);
        if (!read.IsSuccess)
        {
            _problem = read.Error.Message;
            return;
        }
        (_views, _problem) = (read.Value, null);
        await CountAsync();
        await TellAsync();
    }

    private async Task CountAsync()
    {
        var shown = _views;
        var me = caller.Actor.PersonId;
        var counted = await queue.CountAsync([.. shown.Select(v => QueueState.Of(v).ToQuery(me, Viewer.StartOfToday))], _leaving.Token);
        if (counted.IsSuccess)
            _amounts = shown.Zip(counted.Value).ToDictionary(v => v.First.Id, v => v.Second);
    }

    private void CountSoon()
    {
        if (_counting || _views.Count == 0)
            return;
        _counting = true;
        _countSoon?.Change(CountRests, Timeout.InfiniteTimeSpan);
    }

    private async Task RecountAsync()
    {
        _counting = false;
        if (_leaving.Token.IsCancellationRequested)
            return;
        try
        {
            await CountAsync();
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_leaving.Token.IsCancellationRequested)
        {
            // The page went away meanwhile.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task TellAsync()
    {
        if (Chosen?.Name == _heading)
            return;
        _heading = Chosen?.Name;
        await Heading.InvokeAsync(_heading);
    }

    private async Task OpenAsync(SavedViewSummary? editing)
    {
        (_editing, _error) = (editing, null);
        (_name, _shared) = (editing?.Name ?? "", editing?.IsShared ?? false);
        await _dialog.OpenAsync();
    }

    private async Task SaveAsync()
    {
        var saved = _editing is { } view
            ? await views.ChangeAsync(view.Id, new SaveView(_name, view.Filter, _shared), view.Version, _leaving.Token)
            : await views.CreateAsync(new SaveView(_name, State.Filter, _shared), _leaving.Token);
        _error = saved.Error;
        if (!saved.IsSuccess)
            return;
        await LoadAsync();
        if (_editing is null)
            navigation.NavigateTo(QueueState.Of(saved.Value).Url);
        toasts.Show(new Toast($"“{saved.Value.Name}” is saved", saved.Value.IsShared ? "Everybody on the team sees it." : "Only you see it.", ToastTone.Ok));
    }

    private async Task KeepFilterAsync(SavedViewSummary view)
    {
        _busy = true;
        try
        {
            var saved = await views.ChangeAsync(view.Id, new SaveView(view.Name, State.Filter, view.IsShared), view.Version, _leaving.Token);
            await LoadAsync();
            if (saved.Error is { } error)
            {
                toasts.Show(new Toast($"“{view.Name}” is unchanged", error.Message, ToastTone.Warn));
                return;
            }
            toasts.Show(new Toast($"“{view.Name}” is changed", "It keeps the filters as they are now.", ToastTone.Ok)
            {
                Act = () => RestoreAsync(saved.Value, view.Filter),
            });
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task DeleteAsync(SavedViewSummary view)
    {
        var deleted = await views.DeleteAsync(view.Id, _leaving.Token);
        await LoadAsync();
        if (deleted.Error is { } error)
        {
            toasts.Show(new Toast($"“{view.Name}” was not deleted", error.Message, ToastTone.Warn));
            return;
        }
        navigation.NavigateTo((State.WithoutChoice with { SavedId = null }).Url);
        toasts.Show(new Toast($"“{view.Name}” is deleted", view.IsShared ? "For everybody." : null) { Act = () => CreateAgainAsync(deleted.Value) });
    }

    private async Task RestoreAsync(SavedViewSummary changed, string filter)
    {
        var restored = await views.ChangeAsync(changed.Id, new SaveView(changed.Name, filter, changed.IsShared), changed.Version, CancellationToken.None);
        await TellUndoneAsync(restored);
    }

    private async Task CreateAgainAsync(SaveView view) => await TellUndoneAsync(await views.CreateAsync(view, CancellationToken.None));

    private async Task TellUndoneAsync(Result<SavedViewSummary> undone)
    {
        toasts.Show(undone.IsSuccess
            ? new Toast($"“{undone.Value.Name}” is as it was", null, ToastTone.Ok) { Href = QueueState.Of(undone.Value).Url, LinkText = "Show it" }
            : new Toast("It could not be undone", undone.Error.Message, ToastTone.Warn));
        if (!_leaving.Token.IsCancellationRequested)
            await LoadAsync();
    }
}
