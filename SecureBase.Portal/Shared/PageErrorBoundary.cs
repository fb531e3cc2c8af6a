using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;

namespace SecureBase.Portal.Shared;

/// <summary>Keeps the shell when a page fails: shows what happened with the trace id that is in the log, and recovers on Retry or on the next navigation.</summary>
public sealed partial class PageErrorBoundary(NavigationManager navigation, ILogger<PageErrorBoundary> logger) : ErrorBoundaryBase, IDisposable
{
    private string? _traceId;

    protected override void OnInitialized() => navigation.LocationChanged += Navigated;

    protected override Task OnErrorAsync(Exception exception)
    {
        _traceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        LogPageFailed(exception, _traceId);
        return Task.CompletedTask;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (CurrentException is null)
        {
            builder.AddContent(0, ChildContent);
            return;
        }
        builder.OpenComponent<ErrorState>(1);
        builder.AddComponentParameter(2, nameof(ErrorState.TraceId), _traceId);
        builder.AddComponentParameter(3, nameof(ErrorState.OnRetry), EventCallback.Factory.Create(this, Recover));
        builder.CloseComponent();
    }

    private void Navigated(object? sender, LocationChangedEventArgs e)
    {
        if (CurrentException is not null)
            _ = InvokeAsync(Recover);
    }

    public void Dispose() => navigation.LocationChanged -= Navigated;

    [LoggerMessage(Level = LogLevel.Error, Message = "A page failed; trace id shown to the viewer: {TraceId}")]
    private partial void LogPageFailed(Exception exception, string traceId);
}
