using Microsoft.AspNetCore.Components;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Admin;

namespace SecureBase.Portal.Auditing.Pages;

/// <summary>The audit log: an organisation's own, and for staff a customer's, whose log tells of it. All state is in the address.</summary>
public sealed partial class AuditPage(IServiceProvider services, StaffAccess access, StaffQueue queue, TenantContext tenancy, TimeProvider clock, NavigationManager navigation) : IDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan FacetsOf = TimeSpan.FromDays(365);
    private static readonly IReadOnlyList<ShortcutSheet.Shortcut> Shortcuts = [new("Search", "/"), new("All shortcuts", "?")];

    private readonly Leaving _leaving = new();
    private AuditState _state = new();
    private string? _shown;
    private string? _facetsOf;
    private AuditFacets _facets = new([], [], []);
    private IReadOnlyList<TenantInfo> _tenants = [];
    private Page<AuditEntryView>? _page;
    private AuditEntryView? _entry;
    private Error? _error;
    private Error? _entryError;
    private string? _text;
    private DateOnly? _from;
    private DateOnly? _to;

    [CascadingParameter]
    private ViewerTime Viewer { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "tenant")] private string? Tenant { get; set; }
    [SupplyParameterFromQuery(Name = "period")] private string? Period { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "actor")] private string? Actor { get; set; }
    [SupplyParameterFromQuery(Name = "kind")] private string? Kind { get; set; }
    [SupplyParameterFromQuery(Name = "action")] private string? Action { get; set; }
    [SupplyParameterFromQuery(Name = "subject_kind")] private string? SubjectKind { get; set; }
    [SupplyParameterFromQuery(Name = "subject")] private string? Subject { get; set; }
    [SupplyParameterFromQuery(Name = "outcome")] private string? Outcome { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "cursor")] private string? Cursor { get; set; }
    [SupplyParameterFromQuery(Name = "entry")] private string? Entry { get; set; }

    private TenantInfo? Customer => _tenants.FirstOrDefault(t => t.Slug == _state.Tenant);

    private TenantInfo Whose => Customer ?? tenancy.Tenant;

    private string PeriodWords => (_state.From, _state.To) switch
    {
        ({ } first, { } last) => $"{first:d MMM yyyy} to {last:d MMM yyyy}",
        ({ } first, null) => $"since {first:d MMM yyyy}",
        (null, { } last) => $"until {last:d MMM yyyy}",
        _ => AuditState.Words(_state.Period),
    };

    private IReadOnlyList<string> SubjectWords => _state.Subject is not null ? [$"one {_state.SubjectKind?.Replace('_', ' ') ?? "thing"}"] : _state.SubjectKind is { } kind ? [kind.Replace('_', ' ')] : [];

    protected override Task OnParametersSetAsync()
    {
        _state = AuditState.Parse(new Dictionary<string, string?>
        {
            ["tenant"] = tenancy.Tenant.IsOperator ? Tenant : null, ["period"] = Period, ["from"] = From, ["to"] = To, ["actor"] = Actor, ["kind"] = Kind, ["action"] = Action,
            ["subject_kind"] = SubjectKind, ["subject"] = Subject, ["outcome"] = Outcome, ["q"] = Text, ["cursor"] = Cursor, ["entry"] = Entry,
        });
        (_text, _from, _to) = (_state.Text, _state.From, _state.To);
        return LoadAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private async Task LoadAsync()
    {
        var state = _state;
        if (tenancy.Tenant.IsOperator && _tenants.Count == 0 && await queue.TenantsAsync(_leaving.Token) is { IsSuccess: true, Value: var tenants })
            _tenants = [.. tenants.Where(t => !t.IsOperator)];
        await LoadListAsync(state);
        if (state != _state)
            return;
        if (_facetsOf != (state.Tenant ?? "") && await InAsync(log => log.FacetsAsync(clock.GetUtcNow() - FacetsOf, _leaving.Token)) is { IsSuccess: true, Value: var facets })
            (_facets, _facetsOf) = (facets, state.Tenant ?? "");
        if (state.Entry is not { } id)
        {
            (_entry, _entryError) = (null, null);
            return;
        }
        if (_entry?.Id != id)
            (_entry, _entryError) = (null, null);
        var entry = await InAsync(log => log.FindAsync(id, _leaving.Token));
        if (state == _state)
            (_entry, _entryError) = (entry.IsSuccess ? entry.Value : null, entry.Error);
    }

    // Opening an entry leaves the list as it stands.
    private async Task LoadListAsync(AuditState state)
    {
        var list = (state with { Entry = null }).Url;
        if (_shown == list && _error is null)
            return;
        var page = await InAsync(log => log.ListAsync(state.ToFilter(Viewer), state.Cursor, PageSize, _leaving.Token));
        if (state != _state)
            return;
        (_page, _error, _shown) = (page.IsSuccess ? page.Value : null, page.Error, list);
    }

    private Task<Result<AuditVerification>> VerifyAsync(IProgress<AuditProgress> progress, CancellationToken ct) =>
        WithAsync(scope => scope.GetRequiredService<AuditVerificationService>().VerifyAsync(progress, ct));

    private Task<Result<T>> InAsync<T>(Func<AuditLogService, Task<Result<T>>> work) => WithAsync(scope => work(scope.GetRequiredService<AuditLogService>()));

    private Task<Result<T>> WithAsync<T>(Func<IServiceProvider, Task<Result<T>>> work) =>
        _state.Tenant is { } slug ? access.InAsync(slug, scope => work(scope.Services), _leaving.Token) : work(services);

    private string ActorName(Guid id) => _facets.Actors.FirstOrDefault(a => a.Id == id)?.Name ?? "one person";

    private string KindWords(ActorKind kind) => kind switch
    {
        ActorKind.Agent => "provider’s staff",
        ActorKind.System => "SecureBase itself",
        _ => Whose.IsOperator ? "customers" : "people and keys of the organisation",
    };

    private bool IsPeriod(AuditPeriod period) => _state.Period == period && _state.From is null && _state.To is null;

    private string Link(Func<AuditState, AuditState> change) => (change(_state) with { Cursor = null, Entry = null }).Url;

    private void Search() => navigation.NavigateTo(Link(s => s with { Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim() }));

    private void ChooseDays() => navigation.NavigateTo(Link(s => s with { From = _from, To = _to }));
}
