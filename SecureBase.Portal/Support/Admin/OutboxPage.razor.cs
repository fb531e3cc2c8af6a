using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Support.Admin;

/// <summary>What leaves the portal: the folder Development writes its e-mail to, and every delivery with its attempts.</summary>
public sealed partial class OutboxPage(DeliveryLogService log, StaffQueue queue, IEnumerable<MailFolder> folders, TimeProvider clock) : IDisposable
{
    private const int MailsShown = 100;

    // Neither a file in the folder nor an attempt makes a live signal.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    private readonly Leaving _leaving = new();
    private readonly MailFolder? _folder = folders.FirstOrDefault();
    private OutboxState _state = new();
    private Error? _error;
    private IReadOnlyList<MailSummary>? _mails;
    private Mail? _mail;
    private DeliveryView? _delivery;
    private Page<DeliveryView>? _deliveries;
    private IReadOnlyList<TenantInfo> _tenants = [];
    private ITimer? _look;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "view")] private string? View { get; set; }
    [SupplyParameterFromQuery(Name = "mail")] private string? MailId { get; set; }
    [SupplyParameterFromQuery(Name = "as")] private string? Reading { get; set; }
    [SupplyParameterFromQuery(Name = "tenant")] private string? Tenant { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "cursor")] private string? Cursor { get; set; }

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
            _look = clock.CreateTimer(_ => _ = InvokeAsync(LookAsync), null, Look, Look);
    }

    protected override Task OnParametersSetAsync()
    {
        _state = OutboxState.Parse(View, MailId, Reading, Tenant, Status, Cursor);
        return LoadAsync();
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
        var state = _state;
        if (state.View == OutboxView.Mail)
        {
            if (_folder is null)
                return;
            var mails = await _folder.ListAsync(MailsShown, _leaving.Token);
            var mail = state.Mail is { } id ? await _folder.FindAsync(id, _leaving.Token) : null;
            var delivery = mail is null ? null : await FindDeliveryAsync(mail.Summary.Id);
            if (state == _state)
                (_mails, _mail, _delivery, _error) = (mails, mail, delivery, null);
            return;
        }
        var deliveries = await log.ListAsync(new DeliveryQuery { Tenant = state.Tenant, Status = state.Status, Cursor = state.Cursor }, _leaving.Token);
        var tenants = await queue.TenantsAsync(_leaving.Token);
        if (state != _state)
            return;
        _error = deliveries.Error ?? tenants.Error;
        if (_error is null)
            (_deliveries, _tenants) = (deliveries.Value, tenants.Value);
    }

    // A message outlives its delivery, which is purged, and the folder may hold what somebody put there.
    private async Task<DeliveryView?> FindDeliveryAsync(Guid id) => await log.FindAsync(id, _leaving.Token) is { IsSuccess: true, Value: var delivery } ? delivery : null;

    private static string Outcome(DeliveryAttemptView attempt) =>
        attempt.Outcome == AttemptOutcome.Succeeded ? $"succeeded in {attempt.LatencyMs} ms" : $"{WireName.Of(attempt.Outcome)}: {attempt.Error ?? "the sending process ended before it recorded an outcome."}";

    private string Outcome(DeliveryView delivery)
    {
        if (delivery.Attempts is not [.., var last])
            return "No attempt yet";
        var next = delivery.NextAttemptAt is { } at ? $" Next attempt {Viewer.Brief(at)}." : "";
        return last.Outcome == AttemptOutcome.Succeeded ? $"Delivered in {last.LatencyMs} ms" : $"{last.Error ?? "Interrupted."}{next}";
    }
}
