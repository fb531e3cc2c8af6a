namespace SecureBase.Core.Tenancy;

/// <summary>The tenant this scope (request, circuit, job) works for. Set once; a second, different tenant is a bug and throws.</summary>
public sealed class TenantContext
{
    private TenantInfo? _tenant;

    public bool IsSet => _tenant is not null;

    /// <exception cref="InvalidOperationException">No tenant was entered.</exception>
    public TenantInfo Tenant => _tenant ?? throw new InvalidOperationException("No tenant was entered in this scope.");

    /// <summary>Null outside any tenant: row-level security then shows no rows.</summary>
    public Guid? TenantId => _tenant?.Id;

    /// <exception cref="InvalidOperationException">This scope already works for another tenant.</exception>
    public void Enter(TenantInfo tenant)
    {
        if (_tenant is not null && _tenant.Id != tenant.Id)
            throw new InvalidOperationException("This scope already works for another tenant.");
        _tenant = tenant;
    }
}
