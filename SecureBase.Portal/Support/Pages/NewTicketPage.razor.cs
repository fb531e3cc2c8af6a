using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Attachments;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support.Pages;

/// <summary>Opens a ticket. What is typed is kept until it is sent, and sent once however often the button is pressed.</summary>
public sealed partial class NewTicketPage(TicketService tickets, AttachmentService attachments, TicketQuota quota, DraftService drafts, TenantContext tenancy, Caller caller, TimeProvider clock, NavigationManager navigation, ToastService toasts, IJSRuntime script) : IAsyncDisposable
{
    private const string DraftKey = "ticket/new";

    private static readonly (TicketPriority Priority, string Meaning)[] Priorities =
    [
        (TicketPriority.Critical, "Production is down, data is at risk, or a deadline of the law is near."),
        (TicketPriority.High, "An important service is degraded and there is no way around it."),
        (TicketPriority.Medium, "Something is wrong or missing, and work goes on."),
        (TicketPriority.Low, "A question, or a wish without a date."),
    ];

    private static readonly (TicketCategory Category, string Meaning)[] Categories =
    [
        (TicketCategory.General, "Anything that fits nowhere else."),
        (TicketCategory.Technical, "Networks, accounts, services, pipelines."),
        (TicketCategory.Security, "A suspicion, a finding, access that should not be. Never counted against your plan."),
        (TicketCategory.Billing, "Invoices, amounts, cost data."),
        (TicketCategory.FeatureRequest, "Something the portal or the platform should be able to do."),
    ];

    private readonly Leaving _leaving = new();
    private readonly UploadPlace _uploads = UploadPlace.ForCustomers(attachments);
    private AttachmentTray? _tray;
    private DraftKeeper _keeper = default!;
    private NewTicket _draft = new();
    private TicketAllowance? _allowance;
    private Error? _error;
    private bool _sending;
    private bool _looked;
    private bool _restored;
    private bool _focusProblem;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    // Nothing can be typed until the draft is there: it would come over it.
    private bool Locked => _sending || !_looked || !RendererInfo.IsInteractive;

    private string? DraftNote =>
        _keeper.IsBehind ? "Draft not saved yet"
        : _keeper.SavedAt is { } at ? $"Draft saved {Viewer.Brief(at)}"
        : _restored ? "Your draft is back"
        : null;

    protected override async Task OnInitializedAsync()
    {
        _keeper = new DraftKeeper(drafts, DraftKey, clock, StateHasChanged);
        if (caller.Can(SupportPermissions.Create) && await _keeper.FindAsync(_leaving.Token) is { } kept && DraftJson.TryRead<NewTicket>(kept) is { } draft)
            (_draft, _restored) = (draft, true);
        _looked = true;
        await CountAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_focusProblem)
            return;
        _focusProblem = false;
        await using var focus = await script.InvokeAsync<IJSObjectReference>("import", "./js/scroll.js");
        await focus.InvokeVoidAsync("focus", _error?.Fields is [var first, ..] ? first.Field : "subject");
    }

    public async ValueTask DisposeAsync()
    {
        _leaving.Dispose();
        await _keeper.DisposeAsync();
    }

    private string? Problem(string field) => _error?.Fields.FirstOrDefault(f => f.Field == field)?.Message;

    // Only a hint: whether the ticket is taken is decided when it is sent.
    private async Task CountAsync() => _allowance = await quota.AllowanceAsync(_leaving.Token) is { IsSuccess: true, Value: var allowance } ? allowance : null;

    private void Change(NewTicket draft)
    {
        if (draft == _draft)
            return;
        _draft = draft;
        _keeper.Type(draft.IsBlank ? null : DraftJson.Write(draft));
    }

    // The API takes a ticket without a description; a person is asked for one, together with whatever else is missing.
    private List<FieldError> Missing()
    {
        List<FieldError> missing = [];
        if (!string.IsNullOrWhiteSpace(_draft.Description))
            return missing;
        var length = _draft.Subject?.Trim().Length ?? 0;
        if (length < TicketRules.SubjectMin)
            missing.Add(new("subject", $"The subject needs {TicketRules.SubjectMin} to {TicketRules.SubjectMax} characters; this one has {length}."));
        missing.Add(new("description", "Describe it in a sentence or two, so that we can start without asking back."));
        return missing;
    }

    private async Task SubmitAsync()
    {
        if (_sending || _tray?.IsBusy == true)
            return;
        _sending = true;
        try
        {
            var opened = Missing() is { Count: > 0 } missing
                ? Error.Invalid(missing)
                : await tickets.OpenAsync(new OpenTicket { Subject = _draft.Subject, Description = _draft.Description, Priority = _draft.Priority, Category = _draft.Category, Attachments = _tray?.Ids ?? [] }, _leaving.Token);
            _error = opened.Error;
            _focusProblem = !opened.IsSuccess;
            if (!opened.IsSuccess)
                return;
            await _keeper.ForgetAsync();
            toasts.Show(new Toast($"{opened.Value.Number} is open", "Every change shows on its page by itself.", ToastTone.Ok));
            navigation.NavigateTo($"/tickets/{opened.Value.Number}");
        }
        finally
        {
            _sending = false;
        }
    }

    /// <summary>The form, as its draft is kept.</summary>
    private sealed record NewTicket(string? Subject = null, string? Description = null, TicketPriority Priority = TicketPriority.Medium, TicketCategory Category = TicketCategory.General)
    {
        public bool IsBlank => string.IsNullOrWhiteSpace(Subject) && string.IsNullOrWhiteSpace(Description);
    }
}
