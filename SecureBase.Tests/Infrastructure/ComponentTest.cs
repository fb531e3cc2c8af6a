using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Portal.Shared;

namespace SecureBase.Tests.Infrastructure;

/// <summary>Renders components as an open page has them: interactive, for a viewer in Berlin, at a time that stands still.</summary>
public abstract class ComponentTest : BunitContext, IAsyncLifetime
{
    protected ComponentTest()
    {
        // The library's own scripts are called for nothing; a module of ours is set up by the test that asks about it.
        JSInterop.Mode = JSRuntimeMode.Loose;
        DefaultWaitTimeout = TimeSpan.FromSeconds(30);
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton(new ToastService(Clock));
        Services.AddCascadingValue(_ => Viewer);
    }

    /// <summary>2 March 2026, 10:00 in Berlin, a Monday.</summary>
    protected FakeTimeProvider Clock { get; } = new();

    protected ViewerTime Viewer => ViewerTime.In("Europe/Berlin", Clock);

    protected ToastService Toasts => Services.GetRequiredService<ToastService>();

    /// <summary>Components take from here what the test did not give them itself: the product's services for one person.</summary>
    protected void Serve(Scope scope) => Services.AddFallbackServiceProvider(scope.Services);

    public override IRenderedComponent<TComponent> Render<TComponent>(Action<ComponentParameterCollectionBuilder<TComponent>>? parameterBuilder = null)
    {
        // Asks for the renderer, after which no service can be added.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        return base.Render(parameterBuilder);
    }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => LeaveAsync();

    /// <summary>The page goes away, and with it whatever the test made.</summary>
    protected virtual async Task LeaveAsync() => await DisposeAsync();
}
