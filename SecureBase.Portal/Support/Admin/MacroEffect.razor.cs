using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Macros;

namespace SecureBase.Portal.Support.Admin;

public sealed partial class MacroEffect(DraftService drafts, MacroService macros)
{
    [Parameter, EditorRequired]
    public Guid TicketId { get; set; }

    /// <summary>The macro that goes with the reply; null when none does.</summary>
    [Parameter]
    public MacroView? Value { get; set; }

    [Parameter]
    public EventCallback<MacroView?> ValueChanged { get; set; }

    private string Key => $"ticket/{TicketId}/macro";

    /// <summary>Takes another macro, or none, to go with the reply.</summary>
    public async Task ChooseAsync(MacroView? macro)
    {
        await drafts.KeepAsync(Key, macro?.Id.ToString(), CancellationToken.None);
        await ValueChanged.InvokeAsync(macro);
    }

    protected override async Task OnInitializedAsync()
    {
        if (!Guid.TryParse(await drafts.FindAsync(Key, CancellationToken.None), out var id))
            return;
        // One that was deleted or changed meanwhile does what it says now, or nothing.
        var known = await macros.ListAsync(null, CancellationToken.None);
        if (known.IsSuccess && Value is null && known.Value.FirstOrDefault(m => m.Id == id) is { } kept)
            await ValueChanged.InvokeAsync(kept);
    }

    private static string Words(MacroView macro) => string.Join(", ",
        new[] { macro.Status is { } status ? $"sets {WireName.Of(status)}" : null, macro.Tags.Count > 0 ? $"adds {string.Join(' ', macro.Tags)}" : null }.OfType<string>());
}
