using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>E-mail to one person of the event's tenant; the target is the person's id, the address is looked up when it is sent.</summary>
public sealed class MailChannel(
    MailFolder folder, IEnumerable<IMailTemplate> templates, TenantDirectory tenants, TenantDbPool contexts, PublicAddress address, IOptions<MailOptions> options)
    : IDeliveryChannel
{
    public const string ChannelName = "mail";

    public string Name => ChannelName;

    public DeliveryPolicy Policy { get; } = new()
    {
        RetrySchedule = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(8), TimeSpan.FromHours(24)],
        Timeout = TimeSpan.FromSeconds(30),
        Concurrency = 16,
    };

    public async Task<DeliveryOutcome> SendAsync(DeliveryWork work, CancellationToken ct)
    {
        if (templates.FirstOrDefault(t => t.Covers(work.EventType)) is not { } template || work.Data is null)
            return new DeliveryOutcome.Dead($"There is no e-mail for {work.EventType}.");
        if (await tenants.FindAsync(work.TenantId, ct) is not { } tenant)
            return new DeliveryOutcome.Dead("The organisation no longer exists.");
        if (await FindPersonAsync(work, ct) is not { } person)
            return new DeliveryOutcome.Dead("The person no longer exists.");

        var occasion = new MailOccasion(tenant, person.DisplayName, work.EventType, work.Data, path => address.Of(tenant.Slug, path));
        await folder.WriteAsync(new OutgoingMail
        {
            Id = work.Id,
            From = new MailAddress(options.Value.From),
            To = person,
            Date = work.OccurredAt,
            Content = template.Write(occasion),
            Thread = work.SubjectId,
        }, ct);
        return new DeliveryOutcome.Delivered();
    }

    private async Task<MailAddress?> FindPersonAsync(DeliveryWork work, CancellationToken ct)
    {
        var id = Guid.Parse(work.Target);
        await using var db = contexts.Take(work.TenantId);
        var person = await db.Users.Where(p => p.Id == id && p.Kind == PersonKind.Human).Select(p => new { p.Email, p.DisplayName }).SingleOrDefaultAsync(ct);
        return person is { Email: { } email } ? new MailAddress(email, person.DisplayName) : null;
    }
}
