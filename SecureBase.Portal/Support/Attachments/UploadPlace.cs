using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;

namespace SecureBase.Portal.Support.Attachments;

/// <summary>Where a page's files go before they are sent, and who keeps them.</summary>
/// <param name="Path">In front of <c>/uploads</c> and <c>/attachments/{id}</c>.</param>
/// <param name="WithAsync">Runs something with the service of the tenant that the files are in.</param>
/// <param name="TenantId">For staff: that tenant.</param>
public sealed record UploadPlace(string Path, Func<Func<AttachmentService, Task>, Task> WithAsync, Guid? TenantId = null)
{
    internal static UploadPlace ForCustomers(AttachmentService attachments) => new(TicketFileEndpoints.ForCustomers, work => work(attachments));

    /// <summary>Enters the customer's tenant each time; nothing happens where it cannot be entered any more.</summary>
    internal static UploadPlace ForStaff(StaffAccess access, Guid tenantId, string tenant) => new(TicketFileEndpoints.ForStaff(tenant), async work =>
    {
        var entered = await access.EnterAsync(tenant, CancellationToken.None);
        if (!entered.IsSuccess)
            return;
        await using var scope = entered.Value;
        await work(scope.Services.GetRequiredService<AttachmentService>());
    }, tenantId);
}
