using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>An <see cref="EditTenant"/> whose fields are checked, ready to be applied.</summary>
internal sealed record TenantChanges
{
    private readonly EditTenant _request;
    private readonly string? _name, _zone, _accent;

    private TenantChanges(EditTenant request, string? name, string? zone, string? accent) => (_request, _name, _zone, _accent) = (request, name, zone, accent);

    internal static Result<TenantChanges> Check(EditTenant request)
    {
        List<FieldError> errors = [];
        var name = request.Name is null ? null : TenantRules.Name(request.Name, errors);
        var zone = request.TimeZone is null ? null : TenantRules.TimeZone(request.TimeZone, errors);
        var accent = request.Accent is null ? null : TenantRules.Accent(request.Accent, errors);
        if (request.TicketRetentionDays is { } days)
            TenantRules.Retention(days, errors);
        if (request.Quotas is { } quotas)
            TenantRules.Quotas(quotas, errors);
        return errors.Count > 0 ? Error.Invalid(errors) : new TenantChanges(request, name, zone, accent);
    }

    /// <summary>Changes the tenant.</summary>
    /// <returns>What changed, by field, as it is now: for the audit log. Empty when everything was so already.</returns>
    internal SortedDictionary<string, object?> ApplyTo(Tenant tenant)
    {
        SortedDictionary<string, object?> changed = new(StringComparer.Ordinal);
        if (_name is not null && _name != tenant.Name)
        {
            tenant.Rename(_name);
            changed["name"] = _name;
        }
        if (_request.Plan is { } plan && plan != tenant.Plan)
        {
            tenant.MoveTo(plan);
            changed["plan"] = WireName.Of(plan);
        }
        if (_zone is not null && _zone != tenant.TimeZone)
        {
            tenant.LiveIn(_zone);
            changed["time_zone"] = _zone;
        }
        if (_request.RequiresSecondFactor is { } required && required != tenant.RequiresSecondFactor)
        {
            tenant.RequireSecondFactor(required);
            changed["requires_second_factor"] = required;
        }
        if (_request.Accent is not null && _accent != tenant.Accent)
        {
            tenant.Brand(_accent);
            changed["accent"] = _accent;
        }
        if (_request.TicketRetentionDays is { } days && days != tenant.TicketRetentionDays)
        {
            tenant.KeepTicketsFor(days);
            changed["ticket_retention_days"] = days;
        }
        if (_request.Quotas is { } quotas && quotas != tenant.Quotas)
        {
            tenant.Override(quotas);
            changed["quotas"] = quotas;
        }
        return changed;
    }
}
