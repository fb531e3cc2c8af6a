using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Tenants.Components;

public sealed partial class ExportsSection(IOptions<TenantsOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly Leaving _leaving = new();
    private IReadOnlyList<ExportView>? _exports;
    private Error? _error;
    private bool _busy;
    private ITimer? _look;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    /// <summary>Answers the tenant's exports.</summary>
    [Parameter, EditorRequired]
    public Func<CancellationToken, Task<Result<IReadOnlyList<ExportView>>>> List { get; set; } = default!;

    /// <summary>Asks for another.</summary>
    [Parameter, EditorRequired]
    public Func<CancellationToken, Task<Result<ExportView>>> Request { get; set; } = default!;

    /// <summary>The address in front of an export's id.</summary>
    [Parameter, EditorRequired]
    public string DownloadPath { get; set; } = "";

    [Parameter]
    public string Verb { get; set; } = "Export our data";

    private int KeptDays => options.Value.ExportsKeptDays;

    private bool Unfinished => _exports?.Any(e => e.IsUnfinished) == true;

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (!Unfinished || _look is not null)
            return;
        _look = clock.CreateTimer(_ => _ = InvokeAsync(LookAsync), null, Look, Look);
    }

    public void Dispose()
    {
        _look?.Dispose();
        _leaving.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            await LoadAsync();
            if (!Unfinished && _look is { } look)
            {
                _look = null;
                await look.DisposeAsync();
            }
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
            // The page went away meanwhile.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task LoadAsync()
    {
        var listed = await List(_leaving.Token);
        _error = listed.Error;
        if (listed.IsSuccess)
            _exports = listed.Value;
    }

    private async Task RequestAsync()
    {
        _busy = true;
        try
        {
            var asked = await Request(_leaving.Token);
            await LoadAsync();
            _error ??= asked.Error;
        }
        finally
        {
            _busy = false;
        }
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MB"),
    };
}
