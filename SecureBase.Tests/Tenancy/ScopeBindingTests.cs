using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Tenancy;

/// <summary>A scope works for one tenant and one actor, from its beginning to its end.</summary>
public sealed class ScopeBindingTests
{
    private static readonly TenantInfo Acme = new(Guid.CreateVersion7(), "acme", "Acme", TenantKind.Customer, TenantStatus.Active, Plan.Standard, "Etc/UTC");
    private static readonly TenantInfo Globex = Acme with { Id = Guid.CreateVersion7(), Slug = "globex" };
    private static readonly Actor Ada = new(Acme.Id, Guid.CreateVersion7(), "Ada", ActorKind.Customer, Roles.Admin);

    [Fact]
    public void Enter_AnotherTenant_ThrowsAndKeepsTheFirst()
    {
        var context = new TenantContext();
        Assert.Throws<InvalidOperationException>(() => context.Tenant);
        context.Enter(Acme);
        context.Enter(Acme with { Status = TenantStatus.Suspended });

        Assert.Throws<InvalidOperationException>(() => context.Enter(Globex));

        Assert.Equal((Acme.Id, TenantStatus.Suspended), (context.Tenant.Id, context.Tenant.Status));
    }

    [Fact]
    public void Become_SomebodyElse_ThrowsAndKeepsTheFirst()
    {
        var caller = new Caller();
        Assert.Throws<InvalidOperationException>(() => caller.Actor);
        caller.Become(Ada);
        caller.Become(Ada with { Role = Roles.Viewer });

        Assert.Throws<InvalidOperationException>(() => caller.Become(Ada with { PersonId = Guid.CreateVersion7() }));
        Assert.Throws<InvalidOperationException>(() => caller.Become(Ada with { TenantId = Globex.Id }));

        Assert.Equal(Ada with { Role = Roles.Viewer }, caller.Actor);
    }

    [Fact]
    public void Can_WithoutACaller_IsNo() => Assert.False(new Caller().Can(SecureBase.Core.Support.SupportPermissions.Read));
}
